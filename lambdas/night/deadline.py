"""A function's deadline, kept by its AWS clients: patience ends before Lambda ends the function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lineage.errors import LineageUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# An attempt that starts with this much left ends in time even if it is silent for 20 s, backs off
# for botocore's longest 20 s, and then waits for its turn among 16 at adaptive retries' slowest
# rate of one call in two seconds.
_ENOUGH_MILLISECONDS = 75_000


def _endless() -> int:
    return sys.maxsize


class Deadline:
    """When the invocation at hand ends; an execution environment has one at a time."""

    def __init__(self) -> None:
        self._remaining_milliseconds: Callable[[], int] = _endless

    @contextmanager
    def of(self, context: LambdaContext) -> Iterator[None]:
        """Keep the deadline of an invocation while it lasts."""
        self._remaining_milliseconds = context.get_remaining_time_in_millis
        try:
            yield
        finally:
            self._remaining_milliseconds = _endless

    def keep(self, client: Any) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """The client, which from now on begins no attempt at a call too late to end it.

        An error in the event `before-send` ends a call's retries (botocore, endpoint.py).
        """
        client.meta.events.register_last("before-send", self._refuse_when_late)
        return client

    def _refuse_when_late(self, **_: object) -> None:
        left = self._remaining_milliseconds()
        if left < _ENOUGH_MILLISECONDS:
            raise LineageUnavailable(
                f"{left / 1000:.0f} s before the function's timeout AWS has not done all that was"
                " asked: it throttles, or is silent. Nothing is lost: do the same again later,"
                " which goes on where this ended."
            )
