"""Fires schedules when the virtual clock reaches their occurrences."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from embedded_aws.clock import Clock, Timer
from embedded_aws.scheduler.delivery import Delivery
from embedded_aws.scheduler.schedule import Schedule
from embedded_aws.scheduler.targets import Occurrence

_RESOLUTION = timedelta(microseconds=1)
_EXECUTION_ID_DIGITS = 16


class Ticker:
    """Keeps one timer per enabled schedule, for its next occurrence.

    A flexible time window fires at its beginning, which is one of the instants that AWS
    may choose.
    """

    def __init__(
        self, clock: Clock, delivery: Delivery, completed: Callable[[Schedule], None]
    ) -> None:
        self._clock = clock
        self._delivery = delivery
        self._completed = completed
        self._lock = threading.RLock()
        self._timers: dict[str, tuple[Schedule, Timer]] = {}

    def start(self, schedule: Schedule) -> None:
        """Have a schedule fire from now on, in place of an earlier one of its ARN."""
        with self._lock:
            self.stop(schedule)
            if schedule.is_enabled:
                self._arm(schedule, schedule.modified_at)

    def stop(self, schedule: Schedule) -> None:
        """Have a schedule fire no more."""
        with self._lock:
            armed = self._timers.pop(schedule.arn, None)
        if armed is not None:
            self._clock.cancel(armed[1])

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            armed, self._timers = list(self._timers.values()), {}
        for _schedule, timer in armed:
            self._clock.cancel(timer)

    def _arm(self, schedule: Schedule, earliest: datetime) -> bool:
        due = schedule.timetable.next_at(earliest)
        if due is None:
            return False
        with self._lock:
            timer = self._clock.call_at(due, lambda: self._fire(schedule, due))
            self._timers[schedule.arn] = (schedule, timer)
        return True

    def _fire(self, schedule: Schedule, due: datetime) -> None:
        with self._lock:
            current = self._timers.get(schedule.arn)
            if current is None or current[0] is not schedule:
                return
            del self._timers[schedule.arn]
            # The next timer first: while this thread works, the clock cannot pass it.
            has_next = self._arm(schedule, due + _RESOLUTION)
        occurrence = Occurrence(
            schedule, f"{due:%Y-%m-%dT%H:%M:%SZ}", uuid.uuid4().hex[:_EXECUTION_ID_DIGITS]
        )
        self._delivery.deliver(occurrence, due)
        if not has_next:
            self._completed(schedule)
