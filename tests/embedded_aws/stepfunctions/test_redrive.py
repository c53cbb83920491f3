"""RedriveExecution: the same execution goes on from where it failed.

Developer Guide, "Restarting state machine executions with redrive".
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

TOGGLE = "toggle"


@pytest.fixture(scope="module")
def bucket(client: Any) -> str:
    client("s3").create_bucket(Bucket="redrive-bucket")
    return "redrive-bucket"


def get_object(key: str, **more: Any) -> dict[str, Any]:
    """A task that fails until somebody puts the object."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
        "Arguments": {"Bucket": "redrive-bucket", "Key": key},
        **more,
    }


def redrive(machines: Any, arn: str, **more: Any) -> None:
    machines.client.redrive_execution(executionArn=arn, **more)
    machines.settle()


def test_a_redrive_goes_on_at_the_failed_state_with_its_variables(
    machines: Any, jsonata: Any, client: Any, bucket: str
) -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"x": "{% $uuid() %}"}, "Output": "kept", "Next": "B"},
        "B": get_object("one", Output=["{% $x %}", "{% $states.input %}"], End=True),
    }
    outcome = machines.run(jsonata(states))
    assert outcome.record["status"] == "FAILED"
    assigned = outcome.events[2]["stateExitedEventDetails"]["assignedVariables"]["x"]
    client("s3").put_object(Bucket=bucket, Key="one", Body=b"1")
    redrive(machines, outcome.arn)
    assert outcome.output == [json.loads(assigned), "kept"]
    assert outcome.types.count("PassStateEntered") == 1


def test_a_redrive_counts_and_keeps_the_history(machines: Any, jsonata: Any) -> None:
    states = {
        "F": {"Type": "Fail", "Error": "{% $string($states.context.Execution.RedriveCount) %}"}
    }
    outcome = machines.run(jsonata(states))
    assert outcome.record["error"] == "0"
    redrive(machines, outcome.arn)
    record = outcome.record
    assert (record["status"], record["error"], record["redriveCount"]) == ("FAILED", "1", 1)
    assert "redriveDate" in record
    assert outcome.types == [
        "ExecutionStarted",
        "FailStateEntered",
        "ExecutionFailed",
        "ExecutionRedriven",
        "FailStateEntered",
        "ExecutionFailed",
    ]


def test_retry_counts_start_again(machines: Any, jsonata: Any, bucket: str) -> None:
    assert bucket
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    outcome = machines.run(jsonata({"B": get_object("never", Retry=retry, End=True)}))
    assert outcome.types.count("TaskFailed") == 2
    redrive(machines, outcome.arn)
    assert outcome.types.count("TaskFailed") == 4


def test_only_failed_branches_run_again(
    machines: Any, jsonata: Any, client: Any, bucket: str
) -> None:
    """The wait lets the good branch end first."""
    states = {
        "P": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "G", "States": {"G": {"Type": "Pass", "Output": "good", "End": True}}},
                {
                    "StartAt": "W",
                    "States": {
                        "W": {"Type": "Wait", "Seconds": 5, "Assign": {"w": 1}, "Next": "B"},
                        "B": get_object("two", Output="{% $w %}", End=True),
                    },
                },
            ],
            "End": True,
        }
    }
    outcome = machines.run(jsonata(states))
    assert outcome.record["status"] == "FAILED"
    client("s3").put_object(Bucket=bucket, Key="two", Body=b"2")
    redrive(machines, outcome.arn)
    assert outcome.output == ["good", 1]
    assert (outcome.types.count("PassStateEntered"), outcome.types.count("WaitStateEntered")) == (
        1,
        1,
    )


def test_only_failed_iterations_run_again(
    machines: Any, jsonata: Any, client: Any, bucket: str
) -> None:
    states = {
        "M": {
            "Type": "Map",
            "Items": ["a", "b", "c"],
            "MaxConcurrency": 1,
            "ItemProcessor": {
                "StartAt": "B",
                "States": {
                    "B": {
                        **get_object("{% 'map/' & $states.input %}"),
                        "Output": "{% $states.input %}",
                        "End": True,
                    }
                },
            },
            "End": True,
        }
    }
    put = client("s3").put_object
    put(Bucket=bucket, Key="map/a", Body=b"")
    outcome = machines.run(jsonata(states))
    assert outcome.types.count("TaskScheduled") == 2
    for key in ("map/b", "map/c"):
        put(Bucket=bucket, Key=key, Body=b"")
    redrive(machines, outcome.arn)
    assert outcome.output == ["a", "b", "c"]
    assert outcome.types.count("TaskScheduled") == 4


def test_an_aborted_execution_can_be_redriven(machines: Any, jsonata: Any) -> None:
    arn = machines.create(jsonata({"W": {"Type": "Wait", "Seconds": 3600, "End": True}}))
    with machines.aws.environment.clock.work():
        started = machines.client.start_execution(stateMachineArn=arn)["executionArn"]
        while len(machines.client.get_execution_history(executionArn=started)["events"]) < 2:
            pass
        machines.client.stop_execution(executionArn=started)
    redrive(machines, started)
    record = machines.client.describe_execution(executionArn=started)
    assert record["status"] == "SUCCEEDED"


def test_a_timed_out_execution_gets_its_whole_time_again(machines: Any, jsonata: Any) -> None:
    states = {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}
    outcome = machines.run(jsonata(states, TimeoutSeconds=600))
    redrive(machines, outcome.arn)
    record = outcome.record
    assert (record["status"], record["redriveCount"]) == ("TIMED_OUT", 1)
    assert timedelta(0) <= record["stopDate"] - record["redriveDate"] - timedelta(seconds=600)


def test_the_same_client_token_redrives_once(machines: Any, jsonata: Any) -> None:
    outcome = machines.run(jsonata({"F": {"Type": "Fail"}}))
    for _ in range(2):
        redrive(machines, outcome.arn, clientToken="token-1")
    assert outcome.record["redriveCount"] == 1


def test_a_success_cannot_be_redriven(machines: Any, jsonata: Any) -> None:
    outcome = machines.run(jsonata({"S": {"Type": "Succeed"}}))
    with pytest.raises(ClientError, match="Execution is SUCCEEDED and cannot be redriven") as error:
        machines.client.redrive_execution(executionArn=outcome.arn)
    assert error.value.response["Error"]["Code"] == "ExecutionNotRedrivable"


def test_after_fourteen_days_it_is_too_late(machines: Any, jsonata: Any) -> None:
    outcome = machines.run(jsonata({"F": {"Type": "Fail"}}))
    clock = machines.aws.environment.clock
    clock.advance_to(clock.now() + timedelta(days=14, hours=1))
    assert outcome.record["redriveStatus"] == "NOT_REDRIVABLE"
    with pytest.raises(ClientError, match="14 days"):
        machines.client.redrive_execution(executionArn=outcome.arn)
