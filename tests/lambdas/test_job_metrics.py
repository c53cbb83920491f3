"""How often a job was retried, as its name counts it or as FailNight is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from embedded_aws.alarms.embedded_metrics import metrics
from night.job_metrics import measure_failed_job, measure_job

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


def taken(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, Any, float, str]]:
    """What CloudWatch takes of the one line that was printed."""
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Step"]]
    return [
        (it["MetricName"], it["Dimensions"], it["Value"], it["Unit"]) for _, it in metrics(line, AT)
    ]


def test_attempts_of_the_machine_and_retries_of_the_state_are_retries(
    capsys: pytest.CaptureFixture[str],
) -> None:
    job = {
        "JobName": "nightly-retrain-train-20261121-1a2b3c4d-r1-a3-t2",
        "StartedAt": "2026-11-22T02:05:00Z",
        "EndedAt": "2026-11-22T02:06:02Z",
    }
    measure_job("TrainXGB", job)
    step = [{"Name": "Step", "Value": "TrainXGB"}]
    assert taken(capsys) == [
        ("JobSeconds", step, 62.0, "Seconds"),
        ("JobRetries", step, 5.0, "Count"),
    ]


def test_a_job_that_was_given_up_on_has_no_duration(capsys: pytest.CaptureFixture[str]) -> None:
    measure_failed_job("Evaluate", tries=4)
    step = [{"Name": "Step", "Value": "Evaluate"}]
    assert taken(capsys) == [("JobRetries", step, 3.0, "Count")]
