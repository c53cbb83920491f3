"""The name of a rollout, which its execution, model and endpoint configuration all bear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

_FORM = re.compile(r"(?P<endpoint>.+)-v(?P<version>\d+)-(?P<changed>\d{8}T\d{6}Z)")
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class RolloutName:
    """An endpoint, a package's version, and the change of the package that set it going.

    A package that is approved again is rolled out again; one event that is delivered twice is not.
    """

    endpoint: str
    version: int
    changed: str

    @classmethod
    def of(cls, endpoint: str, version: int, changed_at: datetime) -> Self:
        """Name a rollout."""
        return cls(endpoint, version, changed_at.astimezone(UTC).strftime(_STAMP))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read the name of an execution or configuration; None for any that is not a rollout's."""
        found = _FORM.fullmatch(text)
        return cls(found["endpoint"], int(found["version"]), found["changed"]) if found else None

    @classmethod
    def with_id(cls, endpoint: str, rollout_id: str) -> Self:
        """The name that an endpoint and an id by schema/rollout.json make."""
        version, _, changed = rollout_id.removeprefix("v").partition("-")
        return cls(endpoint, int(version), changed)

    @property
    def id(self) -> str:
        """What tells the rollouts of an endpoint apart."""
        return f"v{self.version}-{self.changed}"

    def __str__(self) -> str:
        """The whole name: at most 63 characters if the endpoint has at most 40."""
        return f"{self.endpoint}-{self.id}"

    def is_superseded_by(self, served: RolloutName) -> bool:
        """Whether the endpoint has something newer, as far as names tell.

        By the time of the change, not by the version: what was approved last counts, and a stack
        made anew counts its versions from 1.
        """
        return (served.changed, served.version) > (self.changed, self.version)
