"""Decisions taken once: a night asks the same of the same policies over and over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from embedded_aws.iam.callers import Caller
from embedded_aws.iam.condition_keys import UnevaluatedKey
from embedded_aws.iam.evaluation import Ask, Decision, Keys, Policies, decide
from embedded_aws.iam.reliance import relies_on

_MOST_KEPT = 8192
_Values = Sequence[str] | None
_Kind = tuple[Caller, str, str, Policies]


@dataclass(frozen=True)
class Verdict:
    """What was decided.

    Attributes:
        is_sole: Whether nothing but the statement that decided would have allowed it.
    """

    decision: Decision
    is_sole: bool


@dataclass(frozen=True)
class _Noting:
    """A request's keys; what is known of those that were asked for, and whether one is not."""

    keys: Keys
    known: dict[str, _Values]
    unknown: set[str]

    def values(self, key: str) -> _Values:
        """The values of a key."""
        self.unknown.add(key)
        self.known[key] = self.keys.values(key)
        self.unknown.discard(key)
        return self.known[key]


class Verdicts:
    """Decides anew unless all that the last decision of its kind came from is the same."""

    def __init__(self) -> None:
        self._kept: dict[_Kind, tuple[Mapping[str, _Values], Verdict]] = {}

    def of(self, ask: Ask, having_a_say: Policies) -> Verdict:
        """Decide by these policies, and tell whether it hangs on one statement.

        Raises:
            UnevaluatedKey: the decision depends on a key that cannot be known here.
        """
        kind = (ask.caller, ask.action, ask.resource, having_a_say)
        kept = self._kept.get(kind)
        if kept is not None and _are_same(kept[0], ask.keys):
            return kept[1]
        keys = _Noting(ask.keys, {}, set())
        noting = replace(ask, keys=keys)
        decision = decide(noting, having_a_say)
        verdict = Verdict(decision, relies_on(noting, having_a_say, decision))
        if not keys.unknown:
            self._keep(kind, keys.known, verdict)
        return verdict

    def _keep(self, kind: _Kind, known: Mapping[str, _Values], verdict: Verdict) -> None:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[kind] = known, verdict


def _are_same(known: Mapping[str, _Values], keys: Keys) -> bool:
    try:
        return all(keys.values(key) == values for key, values in known.items())
    except UnevaluatedKey:
        return False
