"""How long an attempt of a task may take, in all and from one heartbeat to the next."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from embedded_aws.stepfunctions.errors import HEARTBEAT_TIMEOUT, TIMEOUT, StateFailure


class Deadline:
    """Counts virtual time from its making; ``None`` seconds never run out.

    Developer Guide, "Task workflow state": the heartbeat's clock runs for every task, and one
    that cannot send heartbeats runs into it.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        timeout_seconds: float | None,
        heartbeat_seconds: float | None,
    ) -> None:
        self._now = now
        self._heartbeat_seconds = heartbeat_seconds
        self._lock = threading.Lock()
        self._end = _later(now(), timeout_seconds)
        self._beat_due = _later(now(), heartbeat_seconds)

    def beat(self) -> None:
        """Start the heartbeat's clock anew; the time in all runs on."""
        with self._lock:
            self._beat_due = _later(self._now(), self._heartbeat_seconds)

    def seconds_left(self) -> float | None:
        """Until the nearer of the two; never negative."""
        with self._lock:
            limits = [limit for limit in (self._end, self._beat_due) if limit is not None]
        return max(0.0, (min(limits) - self._now()).total_seconds()) if limits else None

    @property
    def is_over(self) -> bool:
        """Whether one of the two has run out."""
        return self.seconds_left() == 0

    def failure(self) -> StateFailure:
        """The failure of an attempt whose time is over.

        Either is named ``States.Timeout``, as recorded on AWS for LocalStack's
        test_heartbeat_timeout; ``States.HeartbeatTimeout`` is for Retry and Catch to match
        (Developer Guide, "Handling errors in workflows").
        """
        in_all = self._end is not None and self._end <= self._now()
        return StateFailure(TIMEOUT, "", matched_as=TIMEOUT if in_all else HEARTBEAT_TIMEOUT)


def _later(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)
