"""Tasks that hand out a token and wait until somebody brings it back.

Histories were recorded on AWS for LocalStack's tests; each test names its recording.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clock import Clock

QUEUE = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
TOKEN = "{% $states.context.Task.Token %}"


@pytest.fixture(scope="module")
def queue(open_queue: Callable[[str], str]) -> Callable[[str], str]:
    return open_queue


@pytest.fixture(scope="module")
def received(machines: Any, client: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    """The bodies of all messages in a queue."""
    assert machines
    sqs = client("sqs")

    def receive(url: str) -> list[Any]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    return receive


@pytest.fixture
def standing_clock(clock: Clock) -> Iterator[None]:
    """Work takes no time, so that a test between two instants is never late."""
    clock.pause()
    yield
    clock.resume()


def sending(url: str, **more: Any) -> dict[str, Any]:
    body = {"Message": "hello", "TaskToken": TOKEN}
    arguments = {"QueueUrl": url, "MessageBody": body}
    return {"Type": "Task", "Resource": QUEUE, "Arguments": arguments, "End": True, **more}


def waiting(machines: Any, jsonata: Any, url: str, **more: Any) -> Any:
    return machines.run(jsonata({"T": sending(url, **more)}))


def advance(machines: Any, seconds: float) -> None:
    clock = machines.aws.environment.clock
    clock.advance_to(clock.now() + timedelta(seconds=seconds))


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_the_result_is_what_comes_back_with_the_token(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    """Recording: test_sqs_wait_for_task_token."""
    url = queue("succeeding")
    outcome = waiting(machines, jsonata, url)
    assert outcome.record["status"] == "RUNNING"
    (body,) = received(url)
    machines.client.send_task_success(taskToken=body["TaskToken"], output='"done"')
    machines.settle()
    assert outcome.output == "done"
    assert [(e["id"], e["previousEventId"], e["type"]) for e in outcome.events] == [
        (1, 0, "ExecutionStarted"),
        (2, 0, "TaskStateEntered"),
        (3, 2, "TaskScheduled"),
        (4, 3, "TaskStarted"),
        (5, 4, "TaskSubmitted"),
        (6, 5, "TaskSucceeded"),
        (7, 6, "TaskStateExited"),
        (8, 7, "ExecutionSucceeded"),
    ]
    scheduled = outcome.events[2]["taskScheduledEventDetails"]
    assert scheduled.pop("parameters") == json.dumps(
        {"QueueUrl": url, "MessageBody": body}, separators=(",", ":")
    )
    assert scheduled == {
        "resourceType": "sqs",
        "resource": "sendMessage.waitForTaskToken",
        "region": "us-east-1",
    }
    submitted = json.loads(outcome.events[4]["taskSubmittedEventDetails"]["output"])
    assert set(submitted) == {
        "MD5OfMessageBody",
        "MessageId",
        "SdkHttpMetadata",
        "SdkResponseMetadata",
    }
    succeeded = outcome.events[5]["taskSucceededEventDetails"]
    assert succeeded["output"] == '"done"'


def test_a_failure_that_comes_back_is_the_tasks_own(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    """Recording: test_sqs_failure_in_wait_for_task_token."""
    url = queue("failing")
    outcome = waiting(machines, jsonata, url)
    (body,) = received(url)
    machines.client.send_task_failure(taskToken=body["TaskToken"], error="E", cause="C")
    machines.settle()
    assert (outcome.record["error"], outcome.record["cause"]) == ("E", "C")
    assert outcome.types[-3:] == ["TaskSubmitted", "TaskFailed", "ExecutionFailed"]


def test_a_failure_without_a_name_is_caught_as_null(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    """Recording: test_sqs_failure_in_wait_for_task_tok_no_error_field, ..._CATCH."""
    url = queue("nameless")
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]
    states = {"T": sending(url, Catch=catch), "Caught": {"Type": "Pass", "End": True}}
    outcome = machines.run(jsonata(states))
    machines.client.send_task_failure(taskToken=received(url)[0]["TaskToken"])
    machines.settle()
    assert outcome.output == {"Error": None, "Cause": None}
    assert outcome.events[5]["taskFailedEventDetails"] == {
        "resourceType": "sqs",
        "resource": "sendMessage.waitForTaskToken",
    }


def test_a_token_is_good_for_one_outcome(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    url = queue("twice")
    waiting(machines, jsonata, url)
    token = received(url)[0]["TaskToken"]
    machines.client.send_task_success(taskToken=token, output="1")
    gone = ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
    assert refusal(machines.client.send_task_success, taskToken=token, output="2") == gone
    assert refusal(machines.client.send_task_failure, taskToken=token) == gone
    assert refusal(machines.client.send_task_heartbeat, taskToken=token) == gone


def test_a_token_dies_with_its_execution(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    url = queue("stopped")
    outcome = waiting(machines, jsonata, url)
    machines.client.stop_execution(executionArn=outcome.arn)
    token = received(url)[0]["TaskToken"]
    code, _ = refusal(machines.client.send_task_success, taskToken=token, output="1")
    assert code == "TaskTimedOut"
    machines.settle()
    assert outcome.types[-1] == "ExecutionAborted"


def test_what_was_never_a_token(machines: Any) -> None:
    code, message = refusal(machines.client.send_task_heartbeat, taskToken="AAAAKgAAAAIAAAAA")
    assert (code, message) == ("InvalidToken", "Invalid Token: 'Invalid token'")


def test_an_output_that_is_no_json_leaves_the_task_waiting(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    url = queue("malformed")
    outcome = waiting(machines, jsonata, url)
    token = received(url)[0]["TaskToken"]
    code, _ = refusal(machines.client.send_task_success, taskToken=token, output="{")
    assert code == "InvalidOutput"
    machines.client.send_task_success(taskToken=token, output="{}")
    machines.settle()
    assert outcome.output == {}


@pytest.mark.usefixtures("standing_clock")
def test_a_task_that_nobody_calls_back_times_out(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    """Recording: test_sqs_wait_for_task_token_timeout."""
    url = queue("late")
    outcome = waiting(machines, jsonata, url, TimeoutSeconds=3600)
    advance(machines, 3590)
    assert outcome.record["status"] == "RUNNING"
    advance(machines, 20)
    assert outcome.types[-3:] == ["TaskSubmitted", "TaskTimedOut", "ExecutionFailed"]
    assert outcome.events[-1]["executionFailedEventDetails"] == {"error": "States.Timeout"}
    assert outcome.seconds == 3600
    token = received(url)[0]["TaskToken"]
    code, _ = refusal(machines.client.send_task_success, taskToken=token, output="1")
    assert code == "TaskTimedOut"


def test_every_attempt_has_a_token_of_its_own(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    url = queue("retried")
    retry = [{"ErrorEquals": ["Again"], "MaxAttempts": 1}]
    outcome = waiting(machines, jsonata, url, Retry=retry)
    (first,) = received(url)
    machines.client.send_task_failure(taskToken=first["TaskToken"], error="Again")
    machines.settle()
    (second,) = received(url)
    assert second["TaskToken"] != first["TaskToken"]
    machines.client.send_task_success(taskToken=second["TaskToken"], output="2")
    machines.settle()
    assert outcome.output == 2


def test_branches_and_iterations_wait_for_tokens_of_their_own(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    url = queue("many")
    body = {"n": "{% $states.input %}", "TaskToken": TOKEN}
    task = {**sending(url), "Arguments": {"QueueUrl": url, "MessageBody": body}}
    in_map = {"StartAt": "I", "States": {"I": task}}
    in_branch = {"StartAt": "M", "States": {"M": mapped(in_map, [1, 2, 3])}}
    other = {"StartAt": "B", "States": {"B": {**task, "Arguments": {**task["Arguments"]}}}}
    state = {"Type": "Parallel", "Arguments": 4, "Branches": [in_branch, other], "End": True}
    outcome = machines.run(jsonata({"P": state}))
    waiting_for = {message["n"]: message["TaskToken"] for message in received(url)}
    assert set(waiting_for) == {1, 2, 3, 4}
    for number in (3, 4, 1, 2):
        machines.client.send_task_success(taskToken=waiting_for[number], output=str(number * 10))
    machines.settle()
    assert outcome.output == [[10, 20, 30], 40]


def mapped(processor: dict[str, Any], items: list[Any]) -> dict[str, Any]:
    return {"Type": "Map", "Items": items, "ItemProcessor": processor, "End": True}


def test_a_failed_branch_ends_the_wait_of_its_sibling(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    url = queue("sibling")
    waits = {"StartAt": "T", "States": {"T": sending(url)}}
    fails = {
        "StartAt": "W",
        "States": {
            "W": {"Type": "Wait", "Seconds": 60, "Next": "F"},
            "F": {"Type": "Fail", "Error": "E"},
        },
    }
    state = {"Type": "Parallel", "Branches": [waits, fails], "End": True}
    outcome = machines.run(jsonata({"P": state}))
    assert outcome.record["error"] == "E"
    token = received(url)[0]["TaskToken"]
    code, _ = refusal(machines.client.send_task_success, taskToken=token, output="1")
    assert code == "TaskTimedOut"


def test_jsonpath_reads_the_token_with_two_dollars(
    machines: Any, queue: Any, received: Any
) -> None:
    url = queue("jsonpath")
    parameters = {"QueueUrl": url, "MessageBody": {"TaskToken.$": "$$.Task.Token"}}
    state = {"Type": "Task", "Resource": QUEUE, "Parameters": parameters, "End": True}
    outcome = machines.run({"StartAt": "T", "States": {"T": state}})
    machines.client.send_task_success(taskToken=received(url)[0]["TaskToken"], output="[1]")
    machines.settle()
    assert outcome.output == [1]


def test_a_task_that_waits_for_no_token_has_none(machines: Any, queue: Any) -> None:
    parameters = {"QueueUrl": queue("none"), "MessageBody": {"TaskToken.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::sqs:sendMessage"
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    record = machines.run({"StartAt": "T", "States": {"T": state}}).record
    assert record["error"] == "States.Runtime"


@pytest.mark.parametrize("service", ["sns:publish", "aws-sdk:sns:publish"])
def test_topics_and_sdk_calls_hand_out_tokens_too(
    machines: Any, jsonata: Any, queue: Any, received: Any, client: Any, service: str
) -> None:
    url = queue(f"subscribed-{service.replace(':', '-')}")
    sns = client("sns")
    topic = sns.create_topic(Name=f"topic-{service.replace(':', '-')}")["TopicArn"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    endpoint = arn["Attributes"]["QueueArn"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=endpoint, Attributes={"RawMessageDelivery": "true"}
    )
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::{service}.waitForTaskToken",
        "Arguments": {"TopicArn": topic, "Message": {"TaskToken": TOKEN}},
        "End": True,
    }
    outcome = machines.run(jsonata({"T": state}))
    machines.client.send_task_success(taskToken=received(url)[0]["TaskToken"], output="7")
    machines.settle()
    assert outcome.output == 7
    assert "TaskSubmitted" in outcome.types


@pytest.mark.usefixtures("standing_clock")
def test_a_heartbeat_that_stays_out_times_the_task_out(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    """Recording: test_heartbeat_timeout."""
    url = queue("silent")
    outcome = waiting(machines, jsonata, url, TimeoutSeconds=600, HeartbeatSeconds=60)
    token = received(url)[0]["TaskToken"]
    for _ in range(3):
        advance(machines, 50)
        machines.client.send_task_heartbeat(taskToken=token)
    advance(machines, 50)
    assert outcome.record["status"] == "RUNNING"
    advance(machines, 20)
    assert outcome.seconds == 210
    scheduled = outcome.events[2]["taskScheduledEventDetails"]
    assert (scheduled["timeoutInSeconds"], scheduled["heartbeatInSeconds"]) == (600, 60)
    assert outcome.events[-2]["taskTimedOutEventDetails"]["error"] == "States.Timeout"


@pytest.mark.usefixtures("standing_clock")
def test_heartbeats_do_not_put_off_the_timeout(
    machines: Any, jsonata: Any, queue: Any, received: Any
) -> None:
    """API reference, SendTaskHeartbeat: the timeout holds however many heartbeats come."""
    url = queue("busy")
    outcome = waiting(machines, jsonata, url, TimeoutSeconds=100, HeartbeatSeconds=60)
    token = received(url)[0]["TaskToken"]
    advance(machines, 50)
    machines.client.send_task_heartbeat(taskToken=token)
    advance(machines, 55)
    assert outcome.record["error"] == "States.Timeout"
    assert outcome.seconds == 100


@pytest.mark.parametrize(
    ("listed", "more", "caught"),
    [
        ("States.HeartbeatTimeout", {"HeartbeatSeconds": 30}, True),
        ("States.Timeout", {"HeartbeatSeconds": 30}, True),
        ("States.HeartbeatTimeout", {"TimeoutSeconds": 30}, False),
        ("States.TaskFailed", {"HeartbeatSeconds": 30}, False),
    ],
)
def test_which_names_catch_a_missed_heartbeat(
    machines: Any, jsonata: Any, queue: Any, listed: str, more: Any, caught: Any
) -> None:
    """Developer Guide, "Handling errors in workflows"; the output as in test_invoke_timeout."""
    states = {
        "T": sending(queue("caught"), Catch=[{"ErrorEquals": [listed], "Next": "C"}], **more),
        "C": {"Type": "Pass", "End": True},
    }
    outcome = machines.run(jsonata(states))
    advance(machines, 40)
    assert (outcome.record["status"] == "SUCCEEDED") is caught
    if caught:
        assert outcome.output == {"Error": "States.Timeout", "Cause": ""}


def test_seconds_may_be_computed(machines: Any, queue: Any) -> None:
    """Recording: test_heartbeat_path_timeout."""
    parameters = {"QueueUrl": queue("paths"), "MessageBody": {"Token.$": "$$.Task.Token"}}
    state = {
        "Type": "Task",
        "Resource": QUEUE,
        "Parameters": parameters,
        "HeartbeatSecondsPath": "$.beat",
        "TimeoutSecondsPath": "$.all",
        "End": True,
    }
    outcome = machines.run({"StartAt": "T", "States": {"T": state}}, {"beat": 5, "all": 600})
    advance(machines, 6)
    scheduled = outcome.events[2]["taskScheduledEventDetails"]
    assert (scheduled["timeoutInSeconds"], scheduled["heartbeatInSeconds"]) == (600, 5)
    assert outcome.types[-2:] == ["TaskTimedOut", "ExecutionFailed"]


def test_a_heartbeat_must_be_shorter_than_the_timeout_when_computed_too(
    machines: Any, jsonata: Any, queue: Any
) -> None:
    state = sending(queue("long"), TimeoutSeconds=5, HeartbeatSeconds="{% 2 + 3 %}")
    record = machines.run(jsonata({"T": state})).record
    assert record["error"] == "States.Runtime"
    assert "HeartbeatSeconds 5 must be smaller than TimeoutSeconds 5" in record["cause"]
