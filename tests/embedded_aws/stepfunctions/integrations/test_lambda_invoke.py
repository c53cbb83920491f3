"""Lambda functions as tasks, in processes of their own."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

ROLE_ARN = "arn:aws:iam::123456789012:role/machine"
CODE = """
import time

import boto3

class NoData(Exception):
    pass

def handler(event, context):
    if isinstance(event, dict) and event.get("fail"):
        raise NoData(event["fail"])
    if isinstance(event, dict) and event.get("hang"):
        time.sleep(60)
    if isinstance(event, dict) and event.get("linger"):
        time.sleep(1)
    if isinstance(event, dict) and event.get("return"):
        boto3.client("stepfunctions").send_task_success(taskToken=event["return"], output="42")
        raise NoData("after the answer")
    return {"got": event}
"""


@pytest.fixture(scope="module")
def function_arn(machines: Any, client: Callable[[str], Any]) -> str:
    assert machines
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("code.py", CODE)
    made = client("lambda").create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Handler="code.handler",
        Role=ROLE_ARN,
        Timeout=3,
        Code={"ZipFile": archive.getvalue()},
    )
    return str(made["FunctionArn"])


def invoke(function: str, **more: Any) -> dict[str, Any]:
    arguments = {"FunctionName": function, "Payload": "{% $states.input %}"}
    resource = "arn:aws:states:::lambda:invoke"
    return {
        "T": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True, **more}
    }


def test_the_result_holds_payload_and_metadata(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    output = machines.run(jsonata(invoke(function_arn)), {"n": 1}).output
    assert output["Payload"] == {"got": {"n": 1}}
    assert (output["StatusCode"], output["ExecutedVersion"]) == (200, "$LATEST")
    assert output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert output["SdkResponseMetadata"]["RequestId"]


def test_an_error_is_named_by_its_class(machines: Any, jsonata: Any, function_arn: str) -> None:
    """Recorded on AWS for LocalStack's test_raise_custom_exception."""
    record = machines.run(jsonata(invoke(function_arn)), {"fail": "empty"}).record
    assert record["error"] == "NoData"
    cause = json.loads(record["cause"])
    assert (cause["errorType"], cause["errorMessage"]) == ("NoData", "empty")


def test_a_function_that_is_not_there(machines: Any, jsonata: Any) -> None:
    """Recorded on AWS for LocalStack's test_no_such_function."""
    record = machines.run(jsonata(invoke("gone"))).record
    assert record["error"] == "Lambda.ResourceNotFoundException"
    assert record["cause"].startswith("Function not found: arn:aws:lambda:us-east-1:123456789012:")
    assert (
        "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException;"
        in (record["cause"])
    )


def test_a_function_arn_as_resource_takes_and_returns_the_payload(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    """Events as recorded on AWS for LocalStack's test_lambda_invoke_with_retry_base."""
    outcome = machines.run(
        jsonata({"T": {"Type": "Task", "Resource": function_arn, "End": True}}), [1]
    )
    assert outcome.output == {"got": [1]}
    assert outcome.types[1:-1] == [
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
    ]


def test_a_retry_sends_what_the_attempt_evaluates(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    state = invoke(function_arn)["T"] | {
        "Arguments": {
            "FunctionName": function_arn,
            "Payload": {"fail": "{% $states.context.State.RetryCount < 2 ? 'again' : '' %}"},
        },
        "Retry": [{"ErrorEquals": ["NoData"], "IntervalSeconds": 600}],
    }
    outcome = machines.run(jsonata({"T": state}))
    assert outcome.output["Payload"] == {"got": {"fail": ""}}
    assert outcome.types.count("TaskFailed") == 2
    assert 1800 <= outcome.seconds < 1860


def test_a_task_that_takes_too_long_times_out(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    """Events as recorded on AWS for LocalStack's test_fixed_timeout_service_lambda.

    The function works, so these seconds are real ones, until its own timeout.
    """
    outcome = machines.run(jsonata(invoke(function_arn, TimeoutSeconds=1)), {"hang": True})
    assert outcome.types[-3:] == ["TaskStarted", "TaskTimedOut", "ExecutionFailed"]
    assert outcome.events[-2]["taskTimedOutEventDetails"] == {
        "resourceType": "lambda",
        "resource": "invoke",
        "error": "States.Timeout",
    }
    assert "cause" not in outcome.record


def test_a_stopped_execution_leaves_no_trace_of_a_task_that_ends_later(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    client = machines.client
    arn = machines.create(jsonata(invoke(function_arn)))
    started = client.start_execution(stateMachineArn=arn, input='{"linger": true}')["executionArn"]
    client.stop_execution(executionArn=started)
    machines.settle()
    events = client.get_execution_history(executionArn=started)["events"]
    assert events[-1]["type"] == "ExecutionAborted"


def test_a_function_may_return_the_token_while_it_runs(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    """What becomes of the call after that is of no interest to the task."""
    states = invoke(function_arn)
    states["T"]["Resource"] += ".waitForTaskToken"
    states["T"]["Arguments"]["Payload"] = {"return": "{% $states.context.Task.Token %}"}
    outcome = machines.run(jsonata(states))
    assert outcome.output == 42
    succeeded = outcome.events[-3]["taskSucceededEventDetails"]
    assert succeeded["resource"] == "invoke.waitForTaskToken"


def test_a_function_that_fails_before_it_returns_the_token_fails_the_task(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    states = invoke(function_arn)
    states["T"]["Resource"] += ".waitForTaskToken"
    states["T"]["Arguments"]["Payload"] = {"fail": "{% $states.context.Task.Token %}"}
    outcome = machines.run(jsonata(states))
    assert outcome.record["error"] == "NoData"
    assert outcome.types[-3:] == ["TaskStarted", "TaskFailed", "ExecutionFailed"]


def test_a_function_that_answers_leaves_the_task_waiting(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    states = invoke(function_arn)
    states["T"]["Resource"] += ".waitForTaskToken"
    states["T"]["Arguments"]["Payload"] = {"token": "{% $states.context.Task.Token %}"}
    outcome = machines.run(jsonata(states))
    assert outcome.types[-1] == "TaskSubmitted"
    answer = json.loads(outcome.events[-1]["taskSubmittedEventDetails"]["output"])
    token = answer["Payload"]["got"]["token"]
    machines.client.send_task_success(taskToken=token, output="{}")
    machines.settle()
    assert outcome.output == {}


def test_each_retry_follows_the_failure_before_it(
    machines: Any, jsonata: Any, function_arn: str
) -> None:
    """Recorded on AWS for LocalStack's test_cross_account_service_lambda_invoke_retry."""
    retry = [{"ErrorEquals": ["NoData"], "MaxAttempts": 1}]
    outcome = machines.run(jsonata(invoke(function_arn, Retry=retry)), {"fail": "x"})
    assert [(e["id"], e["previousEventId"], e["type"]) for e in outcome.events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "TaskStateEntered"),
        (3, 2, "TaskScheduled"),
        (4, 3, "TaskStarted"),
        (5, 4, "TaskFailed"),
        (6, 5, "TaskScheduled"),
        (7, 6, "TaskStarted"),
        (8, 7, "TaskFailed"),
        (9, 8, "ExecutionFailed"),
    ]
    failed = outcome.events[4]["taskFailedEventDetails"]
    assert set(failed) == {"cause", "error", "resource", "resourceType"}
