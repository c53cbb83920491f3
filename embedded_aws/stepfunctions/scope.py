"""What the expressions of a state can see while it is visited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from embedded_aws.stepfunctions.documents import Json


class _Absent:
    """No result, or no error output, yet (JSON's null is a value of its own)."""


ABSENT = _Absent()


@dataclass(frozen=True)
class Scope:
    """Input, context object and variables of one visit; result and error once there are any.

    Attributes:
        now: The virtual clock, for ``$now`` and ``$millis``.
        chance: The strand's own random numbers: a run with the same name repeats them.
    """

    input: Json
    context: Mapping[str, Json]
    variables: Mapping[str, Json]
    now: Callable[[], datetime]
    chance: Random
    result: Json | _Absent = ABSENT
    error_output: Json | _Absent = ABSENT

    def with_result(self, result: Json) -> Scope:
        """The same scope after the state's work is done."""
        return replace(self, result=result)

    def with_error(self, error_output: Json) -> Scope:
        """The same scope as a Catch sees it."""
        return replace(self, error_output=error_output)

    def at(self, **context: Json) -> Scope:
        """The same scope with more in the context object."""
        return replace(self, context={**self.context, **context})


Query = Callable[[Scope], Json]


def constant(value: Json) -> Query:
    """A query that does not ask."""
    return lambda _scope: value
