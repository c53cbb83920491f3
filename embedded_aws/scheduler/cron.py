"""AWS's six-field cron dialect: minutes, hours, day of month, month, day of week, year.

EventBridge Scheduler user guide, "Cron-based schedules". Quartz features that the guide does
not list (``LW``, ``L-3``, ranges that wrap around) are refused.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

DaysOfMonth = Callable[[int, int], frozenset[int]]

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: n for n, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_SATURDAY = 7


@dataclass(frozen=True)
class Cron:
    """A parsed expression; ``days`` tells the matching days of a year's month."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: tuple[int, ...]
    years: tuple[int, ...]
    days: DaysOfMonth

    def next_at(self, earliest: datetime) -> datetime | None:
        """The first matching wall time at or after ``earliest`` (both naive), if there is one."""
        times = [time(hour, minute) for hour in self.hours for minute in self.minutes]
        candidates = (
            datetime.combine(day, moment)
            for day in self._days_from(earliest.date())
            for moment in times
        )
        return next((found for found in candidates if found >= earliest), None)

    def _days_from(self, first: date) -> Iterator[date]:
        for year in self.years:
            for month in self.months:
                if (year, month) >= (first.year, first.month):
                    for number in sorted(self.days(year, month)):
                        yield date(year, month, number)


def parse(fields: str) -> Cron:
    """Read the six fields.

    Raises:
        ValueError: naming the field that is not in AWS's dialect.
    """
    parts = fields.split()
    if len(parts) != len(("minutes", "hours", "day of month", "month", "day of week", "year")):
        raise ValueError(f"{len(parts)} fields instead of six")
    minutes, hours, day_of_month, month, day_of_week, year = (part.upper() for part in parts)
    return Cron(
        minutes=_numbers(minutes, 0, 59),
        hours=_numbers(hours, 0, 23),
        months=_numbers(month, 1, 12, _MONTHS),
        years=_numbers(year, 1970, 2199),
        days=_days(day_of_month, day_of_week),
    )


def _days(day_of_month: str, day_of_week: str) -> DaysOfMonth:
    if (day_of_month == "?") == (day_of_week == "?"):
        raise ValueError("exactly one of day of month and day of week must be ?")
    return _days_of_month(day_of_month) if day_of_week == "?" else _days_of_week(day_of_week)


def _days_of_month(field: str) -> DaysOfMonth:
    if field == "L":
        return lambda year, month: frozenset({_length(year, month)})
    if field.endswith("W"):
        wanted = _number(field[:-1], 1, 31, {})
        return lambda year, month: _nearest_weekday(year, month, wanted)
    numbers = frozenset(_numbers(field, 1, 31))
    return lambda year, month: numbers & frozenset(range(1, _length(year, month) + 1))


def _days_of_week(field: str) -> DaysOfMonth:
    if nth := re.fullmatch(r"(\w+)#([1-5])", field):
        weekday = _number(nth[1], 1, 7, _WEEKDAYS)
        position = int(nth[2]) - 1
        return lambda year, month: frozenset(
            _days_on(year, month, frozenset({weekday}))[position : position + 1]
        )
    if field != "L" and field.endswith("L"):
        weekday = _number(field[:-1], 1, 7, _WEEKDAYS)
        return lambda year, month: frozenset(_days_on(year, month, frozenset({weekday}))[-1:])
    # L alone is the last day of the week.
    weekdays = frozenset({_SATURDAY} if field == "L" else _numbers(field, 1, 7, _WEEKDAYS))
    return lambda year, month: frozenset(_days_on(year, month, weekdays))


def _days_on(year: int, month: int, weekdays: frozenset[int]) -> list[int]:
    return [
        day
        for day in range(1, _length(year, month) + 1)
        if date(year, month, day).isoweekday() % 7 + 1 in weekdays
    ]


def _nearest_weekday(year: int, month: int, wanted: int) -> frozenset[int]:
    """The weekday next to a day, within its month; none where the month has no such day."""
    last = _length(year, month)
    if wanted > last:
        return frozenset()
    match date(year, month, wanted).isoweekday():
        case 6:
            return frozenset({wanted - 1 if wanted > 1 else wanted + 2})
        case 7:
            return frozenset({wanted + 1 if wanted < last else wanted - 2})
        case _:
            return frozenset({wanted})


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _numbers(
    field: str, low: int, high: int, names: Mapping[str, int] | None = None
) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = low if span == "*" else _number(first, low, high, names or {})
        end = start
        if dash:
            end = _number(last, start, high, names or {})
        elif span == "*" or slash:
            end = high
        found.update(range(start, end + 1, _number(step, 1, high, {}) if slash else 1))
    return tuple(sorted(found))


def _number(text: str, low: int, high: int, names: Mapping[str, int]) -> int:
    number = names.get(text) or (int(text) if re.fullmatch(r"\d{1,4}", text) else None)
    if number is None or not low <= number <= high:
        raise ValueError(f"{text!r} is not a number from {low} to {high}")
    return number
