from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

PASS = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'
FAIL = '{"StartAt": "End", "States": {"End": {"Type": "Fail"}}}'


def counted(client: Callable[[str], Any], clock: Clock, machine_arn: str) -> dict[str, float]:
    """The sums of a machine's metrics."""
    cloudwatch = client("cloudwatch")
    listed = cloudwatch.list_metrics(
        Namespace="AWS/States", Dimensions=[{"Name": "StateMachineArn", "Value": machine_arn}]
    )["Metrics"]
    sums = {}
    for metric in listed:
        statistics = cloudwatch.get_metric_statistics(
            Namespace="AWS/States",
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=clock.now() - timedelta(hours=1),
            EndTime=clock.now() + timedelta(hours=1),
            Period=7200,
            Statistics=["Sum"],
        )
        sums[metric["MetricName"]] = sum(it["Sum"] for it in statistics["Datapoints"])
    return sums


def test_executions_are_counted_by_machine_and_status(
    aws: Instance, client: Callable[[str], Any], clock: Clock
) -> None:
    role = make_role(client("iam"), "metrics", "states")
    states = client("stepfunctions")
    machines = [
        states.create_state_machine(name=name, definition=definition, roleArn=role)[
            "stateMachineArn"
        ]
        for name, definition in (("passes", PASS), ("fails", FAIL))
    ]
    for machine in (*machines, machines[0]):
        states.start_execution(stateMachineArn=machine)
    aws.clock.advance_to(clock.now() + timedelta(minutes=1))
    assert [counted(client, clock, machine) for machine in machines] == [
        {"ExecutionsStarted": 2, "ExecutionsSucceeded": 2},
        {"ExecutionsStarted": 1, "ExecutionsFailed": 1},
    ]
