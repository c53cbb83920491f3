"""The night that an instant of the schedule stands for."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from night.start import data_date


@pytest.mark.parametrize(
    ("scheduled_time", "time_zone", "expected"),
    [
        ("2026-11-22T02:00:00Z", "UTC", "2026-11-21"),
        ("2026-11-20T17:00:00Z", "Asia/Tokyo", "2026-11-20"),
        ("2026-03-29T00:00:00Z", "Europe/Berlin", "2026-03-28"),
        ("2026-03-29T01:00:00Z", "Europe/Berlin", "2026-03-28"),
        ("2026-10-25T01:00:00Z", "Europe/Berlin", "2026-10-24"),
        ("2028-03-01T02:00:00Z", "UTC", "2028-02-29"),
        ("2027-01-01T02:00:00Z", "UTC", "2026-12-31"),
        ("2026-11-22T10:00:00Z", "America/Los_Angeles", "2026-11-21"),
    ],
)
def test_the_data_date_is_the_day_before_in_the_schedules_zone(
    scheduled_time: str, time_zone: str, expected: str
) -> None:
    assert data_date(scheduled_time, time_zone) == expected


@given(st.dates(min_value=date(2000, 1, 2), max_value=date(2100, 1, 1)), st.times())
def test_in_utc_it_is_the_calendar_day_before(day: date, clock: time) -> None:
    expected = (day - timedelta(days=1)).isoformat()
    assert data_date(f"{day.isoformat()}T{clock.isoformat()}Z", "UTC") == expected
