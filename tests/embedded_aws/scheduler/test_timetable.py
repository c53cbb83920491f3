from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded_aws.gateway.service import ServiceError
from embedded_aws.scheduler.timetable import Timetable, parse, time_zone

CREATED = datetime(2026, 11, 1, 0, 0, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def timetable(
    expression: str,
    zone: str = "UTC",
    first_at: datetime = CREATED,
    end_at: datetime | None = None,
) -> Timetable:
    return Timetable(parse(expression), time_zone(zone), first_at, end_at)


def first(count: int, planned: Timetable, earliest: datetime = CREATED) -> list[datetime]:
    found: list[datetime] = []
    due = planned.next_at(earliest)
    while due is not None and len(found) < count:
        found.append(due)
        due = planned.next_at(due + timedelta(microseconds=1))
    return found


def test_cron_is_read_in_the_schedules_time_zone() -> None:
    """Two in the morning in Tokyo is still the day before in UTC."""
    planned = timetable("cron(0 2 * * ? *)", "Asia/Tokyo")
    assert first(2, planned) == [at("2026-11-01 17:00"), at("2026-11-02 17:00")]


def test_a_wall_time_that_spring_skips_is_skipped_that_day() -> None:
    planned = timetable("cron(30 2 * * ? *)", "Europe/Berlin")
    assert first(3, planned, at("2027-03-26 12:00")) == [
        at("2027-03-27 01:30"),
        at("2027-03-29 00:30"),
        at("2027-03-30 00:30"),
    ]


def test_a_wall_time_that_autumn_repeats_fires_once_before_the_shift() -> None:
    planned = timetable("cron(30 2 * * ? *)", "Europe/Berlin", first_at=at("2026-10-24"))
    assert first(3, planned, at("2026-10-24 12:00")) == [
        at("2026-10-25 00:30"),
        at("2026-10-26 01:30"),
        at("2026-10-27 01:30"),
    ]


def test_in_the_repeated_hour_itself_nothing_fires_a_second_time() -> None:
    """01:10 UTC is 02:10 for the second time, and 02:30 is yet to come again."""
    planned = timetable("cron(30 2 * * ? *)", "Europe/Berlin", first_at=at("2026-10-24"))
    assert planned.next_at(at("2026-10-25 01:10")) == at("2026-10-26 01:30")


def test_a_rate_without_start_date_begins_at_once() -> None:
    planned = timetable("rate(5 minutes)")
    assert first(2, planned) == [CREATED, CREATED + timedelta(minutes=5)]


def test_a_rate_with_start_date_begins_there() -> None:
    planned = timetable("rate(1 hour)", first_at=at("2026-11-02 12:00"))
    assert first(2, planned) == [at("2026-11-02 12:00"), at("2026-11-02 13:00")]


def test_a_rate_whose_start_date_is_past_keeps_its_beat() -> None:
    planned = timetable("rate(1 hour)", first_at=at("2026-10-31 12:10"))
    assert planned.next_at(CREATED) == at("2026-11-01 00:10")


def test_a_day_of_a_rate_has_24_hours_whatever_the_zone_does() -> None:
    planned = timetable("rate(1 day)", "Europe/Berlin", first_at=at("2026-10-24 12:00"))
    assert first(2, planned, at("2026-10-24 12:00"))[1] == at("2026-10-25 12:00")


def test_a_one_time_schedule_fires_once_at_its_wall_time() -> None:
    planned = timetable("at(2026-12-24T18:00:00)", "America/New_York")
    assert first(2, planned) == [at("2026-12-24 23:00")]


def test_a_one_time_schedule_ignores_its_dates() -> None:
    planned = timetable(
        "at(2026-12-24T18:00:00)", first_at=at("2027-01-01"), end_at=at("2026-11-02")
    )
    assert planned.next_at(CREATED) == at("2026-12-24 18:00")


def test_a_one_time_schedule_in_the_past_never_fires() -> None:
    assert timetable("at(2026-10-31T18:00:00)").next_at(CREATED) is None


def test_cron_does_not_fire_before_its_start_date() -> None:
    planned = timetable("cron(0 2 * * ? *)", first_at=at("2026-11-05 02:00"))
    assert planned.next_at(CREATED) == at("2026-11-05 02:00")


@pytest.mark.parametrize("expression", ["cron(0 2 * * ? *)", "rate(1 day)"])
def test_nothing_fires_after_the_end_date(expression: str) -> None:
    planned = timetable(expression, end_at=at("2026-11-04"))
    assert all(due <= at("2026-11-04") for due in first(9, planned))
    assert len(first(9, planned)) == 3


@given(
    st.sampled_from(["rate(7 minutes)", "rate(3 hours)", "rate(2 days)"]),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
@settings(deadline=None)
def test_a_rate_keeps_to_its_grid(expression: str, later: timedelta) -> None:
    planned = timetable(expression)
    beat = first(2, planned)[1] - CREATED
    due = planned.next_at(CREATED + later)
    assert due is not None
    assert timedelta(0) <= due - (CREATED + later) < beat
    assert (due - CREATED) % beat == timedelta(0)


@pytest.mark.parametrize(
    "expression",
    [
        "at(2026-12-24)",
        "at(2026-12-24 18:00:00)",
        "at(2026-13-24T18:00:00)",
        "at(2026-12-24T18:00:00Z)",
        "rate(0 minutes)",
        "rate(-1 days)",
        "rate(1.5 hours)",
        "rate(1 week)",
        "rate(5minutes)",
        "rate(99999999999 days)",
        "cron(0 2 * * *)",
        "cron 0 2 * * ? *",
        "every day",
        "0 2 * * ? *",
    ],
)
def test_what_is_no_schedule_expression_is_refused(expression: str) -> None:
    with pytest.raises(ServiceError, match="Invalid Schedule Expression") as refused:
        parse(expression)
    assert refused.value.code == "ValidationException"


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "UTC+1"])
def test_what_is_no_iana_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ServiceError, match="Timezone"):
        time_zone(name)
