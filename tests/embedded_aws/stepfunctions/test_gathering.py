"""Branches and iterations of many executions at once, ended and redriven as it comes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

BUCKET = "gathering-bucket"
EXECUTIONS = 12
ENDS = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted"}


def strand(number: int) -> dict[str, Any]:
    """Waits a while, then looks for one of three objects."""
    return {
        "StartAt": f"Wait{number}",
        "States": {
            f"Wait{number}": {
                "Type": "Wait",
                "Seconds": "{% $floor($random() * 100) %}",
                "Next": f"Look{number}",
            },
            f"Look{number}": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:s3:headObject",
                "Arguments": {"Bucket": BUCKET, "Key": "{% $string($floor($random() * 3)) %}"},
                "TimeoutSeconds": 600,
                "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}],
                "End": True,
            },
        },
    }


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    items = {
        "Type": "Map",
        "Items": "{% [1..4] %}",
        "MaxConcurrency": 2,
        "ItemProcessor": strand(3),
        "End": True,
    }
    branches = [strand(1), strand(2), {"StartAt": "Items", "States": {"Items": items}}]
    together = {"Type": "Parallel", "Branches": branches, "Output": "done", "End": True}
    return {"QueryLanguage": "JSONata", "StartAt": "All", "States": {"All": together}}


def test_executions_that_fail_stop_and_resume_at_once_all_end_well_and_leave_whole_histories(
    machines: Any, definition: dict[str, Any], client: Callable[[str], Any]
) -> None:
    s3, steps = client("s3"), machines.client
    s3.create_bucket(Bucket=BUCKET)
    for key in ("0", "1"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    arn = machines.create(definition)

    _start_all_at_once(steps, arn)
    machines.settle()
    s3.put_object(Bucket=BUCKET, Key="2", Body=b"")
    arns = [f"{arn.replace('stateMachine', 'execution')}:run-{n}" for n in range(EXECUTIONS)]
    for execution in arns:
        if steps.describe_execution(executionArn=execution)["redriveStatus"] == "REDRIVABLE":
            steps.redrive_execution(executionArn=execution)
    machines.settle()
    assert {steps.describe_execution(executionArn=arn)["status"] for arn in arns} == {"SUCCEEDED"}
    for execution in arns:
        _assert_whole(steps, execution)


def _start_all_at_once(steps: Any, arn: str) -> None:
    """Every fourth one is stopped wherever it is by then."""

    def start(number: int) -> None:
        started = steps.start_execution(stateMachineArn=arn, name=f"run-{number}")
        if number % 4 == 0:
            steps.stop_execution(executionArn=started["executionArn"])

    threads = [threading.Thread(target=start, args=(number,)) for number in range(EXECUTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _assert_whole(steps: Any, execution: str) -> None:
    pages = steps.get_paginator("get_execution_history").paginate(executionArn=execution)
    events = [event for page in pages for event in page["events"]]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    assert all(event["previousEventId"] < event["id"] for event in events)
    types = [event["type"] for event in events]
    redrives = types.count("ExecutionRedriven")
    assert sum(kind in ENDS for kind in types) == 1 + redrives
