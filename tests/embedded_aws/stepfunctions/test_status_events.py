"""Status changes on EventBridge.

Developer Guide, "Step Functions Execution Status Change events".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

DETAIL_TYPE = "Step Functions Execution Status Change"


@pytest.fixture(scope="module")
def queue(client: Callable[[str], Any]) -> Callable[[], list[dict[str, Any]]]:
    """What has come to a queue that a rule on status changes leads to, by now."""
    sqs, events = client("sqs"), client("events")
    arn = "arn:aws:sqs:us-east-1:123456789012:status-events"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    made = sqs.create_queue(QueueName="status-events", Attributes={"Policy": policy})
    url = made["QueueUrl"]
    pattern = {"source": ["aws.states"], "detail-type": [DETAIL_TYPE]}
    events.put_rule(Name="status", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="status", Targets=[{"Id": "queue", "Arn": arn}])

    def received() -> list[dict[str, Any]]:
        bodies: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    return received


def test_start_and_end_are_told_in_order(machines: Any, jsonata: Any, queue: Any) -> None:
    outcome = machines.run(jsonata({"S": {"Type": "Succeed", "Output": {"a": 1}}}), {"n": 1})
    told = [event for event in queue() if event["resources"] == [outcome.arn]]
    assert [event["detail"]["status"] for event in told] == ["RUNNING", "SUCCEEDED"]
    ended = told[1]
    assert (ended["source"], ended["detail-type"]) == ("aws.states", DETAIL_TYPE)
    assert (ended["detail"]["input"], ended["detail"]["output"]) == ('{"n": 1}', '{"a":1}')
    assert ended["detail"]["stopDate"] >= ended["detail"]["startDate"] > 1_793_000_000_000
    assert told[0]["detail"]["stopDate"] is None


def test_a_failure_is_told_with_error_and_cause(machines: Any, jsonata: Any, queue: Any) -> None:
    outcome = machines.run(jsonata({"F": {"Type": "Fail", "Error": "Boom", "Cause": "hot"}}))
    told = [event for event in queue() if event["resources"] == [outcome.arn]]
    assert [(event["detail"]["error"], event["detail"]["cause"]) for event in told] == [
        (None, None),
        ("Boom", "hot"),
    ]


def test_a_redrive_is_told(machines: Any, jsonata: Any, queue: Any) -> None:
    outcome = machines.run(jsonata({"F": {"Type": "Fail"}}))
    machines.client.redrive_execution(executionArn=outcome.arn)
    machines.settle()
    told = [event["detail"] for event in queue() if event["resources"] == [outcome.arn]]
    assert [(detail["status"], detail["redriveCount"]) for detail in told] == [
        ("RUNNING", 0),
        ("FAILED", 0),
        ("RUNNING", 1),
        ("FAILED", 1),
    ]
