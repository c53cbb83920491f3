"""Simulated durations of jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from embedded_aws.sagemaker.jobs.durations import JobDuration, JobDurations, Timetable

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
DURATIONS = JobDurations(
    (
        JobDuration(60, kind="Training", name="quick-*"),
        JobDuration(3600, kind="Training", instance_type="ml.m5.*"),
        JobDuration(720, kind="Processing"),
    )
)


@pytest.mark.parametrize(
    ("kind", "name", "instance_type", "seconds"),
    [
        ("Training", "quick-1", "ml.m5.large", 60),
        ("Training", "slow-1", "ml.m5.large", 3600),
        ("Training", "slow-1", "ml.c5.large", 0),
        ("Processing", "quick-1", "ml.c5.large", 720),
    ],
)
def test_the_first_rule_that_fits_counts(
    kind: str, name: str, instance_type: str, seconds: float
) -> None:
    assert DURATIONS.seconds(kind, name, instance_type) == seconds


def test_the_phases_share_the_duration_in_order() -> None:
    table = Timetable(NOON, 720)
    ends = [table.end_of(phase) for phase in ("Starting", "Downloading", "Training", "Uploading")]
    assert ends == sorted(ends)
    assert ends[-1] == NOON + timedelta(seconds=720)
