"""What may befall a function from outside: whoever scripts faults decides it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class FunctionFate:
    """What is to become of one attempt to run a function.

    Attributes:
        times_out: Its process stops answering, so that its timeout passes; else it is killed.
        after_ms: From the moment the function gets its event; with 0, it never sees it.
        when_struck: Called when it happens, unless the function has ended before.
    """

    times_out: bool
    after_ms: int
    when_struck: Callable[[], None]


class FunctionFates(Protocol):
    """Knows the fate of functions."""

    def fate_of_invocation(self, function_arn: str, request_id: str) -> FunctionFate | None:
        """The fate of a function that gets an event now; nothing befalls it if there is none."""
        ...


class NoFunctionFates:
    """Leaves every function alone."""

    def fate_of_invocation(self, _function_arn: str, _request_id: str) -> FunctionFate | None:
        """No fate."""
        return None
