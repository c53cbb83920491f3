"""DescribeAlarms by several things at once, as a rollout asks which of its alarms ring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.cloudwatch.responses import CloudWatchResponse

from embedded_aws.moto_mends import cloudwatch_alarm_filters


def two_alarms(cloudwatch: Any, names: tuple[str, str], **members: Any) -> None:
    """Make two alarms, the first of which rings."""
    for name in names:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="N",
            MetricName=name,
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
            **members,
        )
    cloudwatch.set_alarm_state(AlarmName=names[0], StateValue="ALARM", StateReason="a test")


def described(cloudwatch: Any, **asked: Any) -> list[str]:
    return [it["AlarmName"] for it in cloudwatch.describe_alarms(**asked)["MetricAlarms"]]


def test_stock_moto_forgets_the_state_beside_names(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = cloudwatch_alarm_filters._STOCK
    monkeypatch.setattr(CloudWatchResponse, "describe_alarms", stock)
    names = ("stock-rings", "stock-rests")
    with mock_aws():
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        cloudwatch = boto3.client("cloudwatch", "us-east-1", **keys)
        two_alarms(cloudwatch, names)
        found = described(cloudwatch, AlarmNames=[*names], StateValue="ALARM")
    assert sorted(found) == sorted(names)


@pytest.mark.parametrize(
    "asked",
    [{"AlarmNames": ["both-rings", "both-rests"]}, {"AlarmNamePrefix": "both-"}],
    ids=lambda asked: next(iter(asked)),
)
def test_a_state_counts_beside_whatever_else_is_asked(
    client: Callable[[str], Any], asked: dict[str, Any]
) -> None:
    cloudwatch = client("cloudwatch")
    two_alarms(cloudwatch, ("both-rings", "both-rests"))
    assert described(cloudwatch, **asked, StateValue="ALARM") == ["both-rings"]


def test_a_state_counts_beside_an_action(client: Callable[[str], Any]) -> None:
    cloudwatch, topic = client("cloudwatch"), "arn:aws:sns:us-east-1:123456789012:filtered"
    two_alarms(cloudwatch, ("acts-rings", "acts-rests"), AlarmActions=[topic])
    assert described(cloudwatch, ActionPrefix=topic, StateValue="ALARM") == ["acts-rings"]
