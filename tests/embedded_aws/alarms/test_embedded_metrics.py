"""CloudWatch user guide, "Specification: Embedded metric format"."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from embedded_aws.alarms.embedded_metrics import metrics
from embedded_aws.instance import Instance

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "_aws": {
        "Timestamp": 1795312800000,
        "CloudWatchMetrics": [
            {
                "Namespace": "fraud",
                "Dimensions": [["service"], ["service", "version"]],
                "Metrics": [{"Name": "NightsFailed", "Unit": "Count"}, {"Name": "Auc"}],
            }
        ],
    },
    "service": "record_outcome",
    "version": "7",
    "NightsFailed": [1.0, 2.0],
    "Auc": 0.95,
}


def changed(**members: Any) -> str:
    """The document with other members; None takes one away."""
    document = DOCUMENT | members
    return json.dumps({name: value for name, value in document.items() if value is not None})


def test_each_value_counts_once_for_each_set_of_dimensions() -> None:
    told = [
        (namespace, it["MetricName"], it["Value"], it["Unit"], len(it["Dimensions"]))
        for namespace, it in metrics(changed(), AT)
    ]
    assert told == [
        ("fraud", name, value, unit, dimensions)
        for dimensions in (1, 2)
        for name, value, unit in (
            ("NightsFailed", 1.0, "Count"),
            ("NightsFailed", 2.0, "Count"),
            ("Auc", 0.95, "None"),
        )
    ]


@pytest.mark.parametrize(
    "message",
    [
        "START RequestId",
        '{"level": "INFO"}',
        '{"CloudWatchMetrics"',
        '["CloudWatchMetrics"]',
        changed(_aws={"CloudWatchMetrics": 7}),
        changed(Auc=None),
        changed(version=None),
    ],
)
def test_what_is_not_of_the_form_carries_none(message: str) -> None:
    assert metrics(message, AT) == []


def test_what_is_logged_is_counted_and_lets_an_alarm_ring(
    aws: Instance, client: Callable[[str], Any]
) -> None:
    logs, cloudwatch = client("logs"), client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="night-failed",
        Namespace="fraud",
        MetricName="NightsFailed",
        Dimensions=[{"Name": "service", "Value": "record_outcome"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=3,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    logs.create_log_group(logGroupName="functions")
    logs.create_log_stream(logGroupName="functions", logStreamName="one")
    at = int(aws.clock.now().timestamp() * 1000)
    events = [{"timestamp": at, "message": text} for text in ("START", changed(), "END")]
    logs.put_log_events(logGroupName="functions", logStreamName="one", logEvents=events)
    aws.clock.advance_to(aws.clock.now() + timedelta(minutes=1))
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=["night-failed"])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
