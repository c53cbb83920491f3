"""What speaks against policies, by what the calls of all stories relied on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.machine.permissions import Grant, Use, carries


@dataclass(frozen=True)
class Case:
    """The evidence, which grants are held against.

    Attributes:
        reasoned: What may be granted though no story needs it.
        denied: Calls that nothing allowed.
        needed: Calls that one statement alone allowed: without it, they would have been denied.
    """

    reasoned: frozenset[Grant]
    denied: frozenset[Use]
    needed: frozenset[Use]

    @classmethod
    def of(cls, reasoned: Collection[Grant], uses: Collection[Use]) -> Case:
        """What is to be known of all calls; on which resources they were does not matter here."""
        return cls(
            frozenset(reasoned),
            frozenset(it for it in uses if not it.place),
            frozenset(it.wherever for it in uses if it.is_sole),
        )

    def objections(self, grants: Collection[Grant]) -> Iterator[str]:
        """What is denied or would be, what nobody needs, and reasons for what is not granted."""
        yield from (f"{it.role} was denied {it.action} on {it.resource}" for it in self.denied)
        by_place = defaultdict(list)
        for grant in grants:
            by_place[grant.place].append(grant)
        carrying = set()
        for use in self.needed:
            found = [grant for grant in by_place[use.place] if carries(use, grant)]
            carrying.update(found)
            if not found:
                yield f"{use.role or use.place} would be denied {use.action}"
        yield from (f"no story needs {it}" for it in {*grants} - carrying - self.reasoned)
        yield from (f"a reason for what is not granted: {it}" for it in self.reasoned - {*grants})
