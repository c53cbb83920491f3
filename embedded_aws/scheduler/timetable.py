"""When a schedule is due: ``at``, ``rate`` and ``cron`` in a time zone, within its dates.

EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from embedded_aws.scheduler import cron
from embedded_aws.scheduler.errors import invalid

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.*)\)")


@dataclass(frozen=True)
class At:
    """Once, at a wall time."""

    wall_time: datetime


@dataclass(frozen=True)
class Rate:
    """Every so often; a day is 24 hours, whatever the time zone does."""

    interval: timedelta


Expression = At | Rate | cron.Cron


@dataclass(frozen=True)
class Timetable:
    """An expression with its zone and bounds.

    Attributes:
        first_at: Where a rate begins: its StartDate, or the creation of the schedule.
        end_at: No occurrence lies after it.
    """

    expression: Expression
    zone: ZoneInfo
    first_at: datetime
    end_at: datetime | None = None

    def next_at(self, earliest: datetime) -> datetime | None:
        """The first occurrence at or after ``earliest``, in UTC, if there is one."""
        match self.expression:
            case At(wall_time=wall_time):
                # API reference, CreateSchedule: StartDate and EndDate are ignored here.
                instant = _instant(wall_time, self.zone)
                return instant if instant is not None and instant >= earliest else None
            case Rate(interval=interval):
                steps = -(-(earliest - self.first_at) // interval)
                return self._within(self.first_at + max(steps, 0) * interval)
            case cron.Cron() as expression:
                return self._within(self._next_cron(expression, max(earliest, self.first_at)))

    @property
    def is_recurring(self) -> bool:
        """Whether there can be more than one occurrence."""
        return not isinstance(self.expression, At)

    def _next_cron(self, expression: cron.Cron, earliest: datetime) -> datetime | None:
        wall_time = expression.next_at(_wall(earliest, self.zone))
        while wall_time is not None:
            instant = _instant(wall_time, self.zone)
            if instant is not None and instant >= earliest:
                return instant
            wall_time = expression.next_at(wall_time + timedelta(minutes=1))
        return None

    def _within(self, instant: datetime | None) -> datetime | None:
        if instant is None or (self.end_at is not None and instant > self.end_at):
            return None
        return instant


def parse(expression: str) -> Expression:
    """Read a ScheduleExpression.

    Raises:
        ServiceError: it is none.
    """
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Expression]], ...] = (
        (_AT, lambda found: At(datetime.fromisoformat(found[1]))),
        (_RATE, lambda found: Rate(timedelta(**{f"{found[2]}s": int(found[1])}))),
        (_CRON, lambda found: cron.parse(found[1])),
    )
    for pattern, read in readers:
        if found := pattern.fullmatch(expression):
            try:
                return read(found)
            except (ValueError, OverflowError) as wrong:
                raise invalid(f"Invalid Schedule Expression {expression}. {wrong}") from wrong
    raise invalid(f"Invalid Schedule Expression {expression}.")


def time_zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name.

    Raises:
        ServiceError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise invalid(f"Invalid Schedule Expression Timezone {name}.") from unknown


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _instant(wall_time: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant that shows this wall time; ``None`` for one that the zone skips."""
    instant = wall_time.replace(tzinfo=zone).astimezone(UTC)
    return instant if _wall(instant, zone) == wall_time else None
