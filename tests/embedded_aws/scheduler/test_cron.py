from __future__ import annotations

import calendar
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded_aws.scheduler.cron import parse

WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = tuple(calendar.month_abbr[number].upper() for number in range(1, 13))


def matches(fields: str, at: datetime) -> bool:
    """A slow, literal reading of the dialect, one field at a time."""
    minutes, hours, day_of_month, month, day_of_week, year = fields.split()
    return (
        in_field(minutes, at.minute, 59)
        and in_field(hours, at.hour, 23)
        and in_field(month, at.month, 12, MONTHS)
        and in_field(year, at.year, 2199)
        and (day_of_month == "?" or on_day_of_month(day_of_month, at))
        and (day_of_week == "?" or on_day_of_week(day_of_week, at))
    )


def in_field(field: str, value: int, high: int, names: tuple[str, ...] = ()) -> bool:
    return any(in_part(part, value, high, names) for part in field.split(","))


def in_part(part: str, value: int, high: int, names: tuple[str, ...]) -> bool:
    if part == "*":
        return True
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    start = number(first, names)
    end = number(last, names) if last else (high if step else start)
    return start <= value <= end and (value - start) % int(step or 1) == 0


def number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text) + 1 if text in names else int(text)


def on_day_of_month(field: str, at: datetime) -> bool:
    if field == "L":
        return (at + timedelta(days=1)).month != at.month
    if field.endswith("W"):
        return is_nearest_weekday(int(field[:-1]), at)
    return in_field(field, at.day, 31)


def is_nearest_weekday(wanted: int, at: datetime) -> bool:
    length = calendar.monthrange(at.year, at.month)[1]
    if wanted > length or at.weekday() >= 5:
        return False
    distances = {
        day: abs(day - wanted)
        for day in range(1, length + 1)
        if datetime(at.year, at.month, day).weekday() < 5  # noqa: DTZ001  # wall times
    }
    return distances[at.day] == min(distances.values())


def on_day_of_week(field: str, at: datetime) -> bool:
    weekday = at.isoweekday() % 7 + 1
    if field == "L":
        return weekday == 7
    if field.endswith("L"):
        is_last = (at + timedelta(days=7)).month != at.month
        return weekday == number(field[:-1], WEEKDAYS) and is_last
    if "#" in field:
        wanted, nth = field.split("#")
        return weekday == number(wanted, WEEKDAYS) and (at.day - 1) // 7 + 1 == int(nth)
    return in_field(field, weekday, 7, WEEKDAYS)


def numeric(low: int, high: int) -> st.SearchStrategy[str]:
    value = st.integers(low, high)
    single = value.map(str)
    span = st.tuples(value, value).map(lambda pair: f"{min(pair)}-{max(pair)}")
    stepped = st.tuples(value, st.integers(1, high)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    part = st.one_of(single, span, stepped)
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


days_of_month = st.one_of(
    numeric(1, 31), st.just("L"), st.integers(1, 31).map(lambda day: f"{day}W")
)
weekday = st.one_of(st.integers(1, 7).map(str), st.sampled_from(WEEKDAYS))
days_of_week = st.one_of(
    numeric(1, 7),
    weekday,
    st.just("L"),
    weekday.map(lambda day: f"{day}L"),
    st.tuples(weekday, st.integers(1, 5)).map(lambda pair: f"{pair[0]}#{pair[1]}"),
)
days = st.one_of(
    days_of_month.map(lambda field: (field, "?")), days_of_week.map(lambda field: ("?", field))
)
# Midnight only, so that the oracle can walk day by day.
expressions = st.tuples(days, st.one_of(numeric(1, 12), st.sampled_from(MONTHS))).map(
    lambda drawn: f"0 0 {drawn[0][0]} {drawn[1]} {drawn[0][1]} 2024-2027"
)
midnights = st.datetimes(datetime(2023, 6, 1), datetime(2027, 12, 31)).map(  # noqa: DTZ001
    lambda moment: moment.replace(hour=0, minute=0, second=0, microsecond=0)
)


@given(expressions, midnights)
@settings(max_examples=100, deadline=None)
def test_the_next_day_is_the_first_that_a_literal_reading_matches(
    fields: str, earliest: datetime
) -> None:
    walked = (earliest + timedelta(days=n) for n in range(5 * 366))
    assert parse(fields).next_at(earliest) == next((d for d in walked if matches(fields, d)), None)


@given(numeric(0, 59), numeric(0, 23), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001
@settings(max_examples=100, deadline=None)
def test_the_next_minute_is_the_first_that_a_literal_reading_matches(
    minutes: str, hours: str, earliest: datetime
) -> None:
    fields = f"{minutes} {hours} * * ? *"
    first = earliest.replace(second=0, microsecond=0)
    first = first if first == earliest else first + timedelta(minutes=1)
    walked = (first + timedelta(minutes=n) for n in range(2 * 24 * 60))
    assert parse(fields).next_at(earliest) == next((m for m in walked if matches(fields, m)), None)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("0 2 * * ? *", "2026-11-02 02:00"),
        ("15 10 ? * 6L 2026-2030", "2026-11-27 10:15"),
        ("0 10 ? * MON-FRI *", "2026-11-02 10:00"),
        ("0/15 * * * ? *", "2026-11-01 12:30"),
        ("0 9 ? * 2#1 *", "2026-11-02 09:00"),
        ("0 18 L * ? *", "2026-11-30 18:00"),
        ("0 8 1W * ? *", "2026-11-02 08:00"),
        ("0 0 29 2 ? *", "2028-02-29 00:00"),
        ("0 0 ? * l *", "2026-11-07 00:00"),
    ],
)
def test_documented_forms_mean_what_the_guide_says(fields: str, expected: str) -> None:
    """From a Sunday, 2026-11-01 12:20."""
    earliest = datetime(2026, 11, 1, 12, 20)  # noqa: DTZ001  # a wall time
    assert parse(fields).next_at(earliest) == datetime.fromisoformat(expected)


def test_an_occurrence_at_the_very_instant_counts() -> None:
    instant = datetime(2026, 11, 1, 2, 0)  # noqa: DTZ001  # a wall time
    assert parse("0 2 * * ? *").next_at(instant) == instant


def test_a_day_that_no_month_has_never_comes() -> None:
    assert parse("0 0 30 2 ? *").next_at(datetime(2026, 1, 1)) is None  # noqa: DTZ001


def test_the_years_end() -> None:
    assert parse("0 0 1 1 ? 2026").next_at(datetime(2026, 1, 2)) is None  # noqa: DTZ001


@pytest.mark.parametrize(
    "fields",
    [
        "0 2 * * *",
        "0 2 * * ? * *",
        "0 2 * * * *",
        "0 2 ? * ? *",
        "60 2 * * ? *",
        "0 24 * * ? *",
        "0 2 0 * ? *",
        "0 2 32 * ? *",
        "0 2 * 13 ? *",
        "0 2 ? * 0 *",
        "0 2 ? * 8 *",
        "0 2 ? * MON#6 *",
        "0 2 * * ? 1969",
        "0 2 * * ? 2200",
        "0/0 2 * * ? *",
        "5-1 2 * * ? *",
        "a 2 * * ? *",
        "0 2 LW * ? *",
        "0 2 L-3 * ? *",
        "0 2 W * ? *",
        "0 2 1,2W * ? *",
        "? 2 * * ? *",
        "0,  2 * * ? *",
        "-1 2 * * ? *",
    ],
)
def test_what_is_not_in_the_dialect_is_refused(fields: str) -> None:
    with pytest.raises(ValueError, match=r"fields|\?|number"):
        parse(fields)
