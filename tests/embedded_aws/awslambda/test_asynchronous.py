from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.clock import Clock
from embedded_aws.instance import Instance

Make = Callable[..., Any]

COUNTS = """
import pathlib
def handler(event, context):
    with pathlib.Path(event["runs"]).open("a") as runs:
        runs.write("x")
    if pathlib.Path(event["runs"]).stat().st_size <= event["failures"]:
        raise ValueError("not yet")
    return {"done": True}
"""


@dataclass(frozen=True)
class Counted:
    """A function that counts how often it runs, and fails so many times first."""

    name: str
    event: dict[str, Any]
    aws_lambda: Any
    clock: Clock

    @property
    def runs(self) -> int:
        path = Path(self.event["runs"])
        return path.stat().st_size if path.exists() else 0

    def send(self) -> str:
        """Send the event; gives the request's id."""
        answer = self.aws_lambda.invoke(
            FunctionName=self.name, InvocationType="Event", Payload=json.dumps(self.event)
        )
        return str(answer["ResponseMetadata"]["RequestId"])

    def advance(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))


@pytest.fixture
def counted(aws: Instance, client: Make, function: Make, unique: Callable[[str], str]) -> Make:
    def make(failures: int, config: dict[str, Any] | None = None, **options: Any) -> Counted:
        name = function(COUNTS, **options)
        if config is not None:
            client("lambda").put_function_event_invoke_config(FunctionName=name, **config)
        runs = aws.environment.settings.scratch / unique("runs")
        event = {"runs": str(runs), "failures": failures}
        return Counted(name, event, client("lambda"), aws.environment.clock)

    return make


@dataclass(frozen=True)
class Queue:
    """An SQS queue."""

    sqs: Any
    url: str
    arn: str

    def take(self) -> list[dict[str, Any]]:
        """Take its messages out."""
        received = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return list(received.get("Messages", []))


@pytest.fixture
def queue(client: Make, unique: Callable[[str], str]) -> Queue:
    """A queue that takes messages of topics and rules."""
    sqs = client("sqs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["sns.amazonaws.com", "events.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    queue = sqs.create_queue(QueueName=unique("queue"), Attributes={"Policy": policy})
    url = queue["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return Queue(sqs, url, found["Attributes"]["QueueArn"])


def on_failure(queue: Queue) -> dict[str, Any]:
    return {"DestinationConfig": {"OnFailure": {"Destination": queue.arn}}}


def test_an_event_that_succeeds_runs_once(counted: Make) -> None:
    function = counted(failures=0)
    function.send()
    function.advance(600)
    assert function.runs == 1


def test_a_failure_is_retried_after_one_minute_and_again_after_two(counted: Make) -> None:
    function = counted(failures=9)
    function.send()
    function.advance(0)
    assert function.runs == 1
    function.advance(50)
    assert function.runs == 1
    function.advance(20)
    assert function.runs == 2
    function.advance(100)
    assert function.runs == 2
    function.advance(30)
    assert function.runs == 3
    function.advance(3600)
    assert function.runs == 3


def test_retries_end_with_success(counted: Make) -> None:
    function = counted(failures=1)
    function.send()
    function.advance(600)
    assert function.runs == 2


def test_no_retry_attempts_means_one_run(counted: Make) -> None:
    function = counted(failures=9, config={"MaximumRetryAttempts": 0})
    function.send()
    function.advance(600)
    assert function.runs == 1


def test_a_retry_does_not_pull_the_clock(counted: Make) -> None:
    """Otherwise a function that always fails, once a minute, would drive time forward."""
    function = counted(failures=9)
    before = function.clock.now()
    function.send()
    function.advance(0)
    assert function.clock.now() - before < timedelta(seconds=60)


def test_an_exhausted_event_is_recorded_at_the_failure_destination(
    counted: Make, queue: Queue
) -> None:
    function = counted(failures=9, config=on_failure(queue))
    request_id = function.send()
    function.advance(600)
    (message,) = queue.take()
    record = json.loads(message["Body"])
    timestamp = record.pop("timestamp")
    payload = record.pop("responsePayload")
    assert timestamp.endswith("Z")
    assert payload["errorType"] == "ValueError"
    assert record == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": (
                f"arn:aws:lambda:us-east-1:123456789012:function:{function.name}:$LATEST"
            ),
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": function.event,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
    }


def test_a_success_is_recorded_at_the_success_destination(counted: Make, queue: Queue) -> None:
    destinations = {"OnSuccess": {"Destination": queue.arn}}
    function = counted(failures=0, config={"DestinationConfig": destinations})
    function.send()
    function.advance(0)
    (message,) = queue.take()
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["responsePayload"] == {"done": True}


def test_a_success_is_not_recorded_at_the_failure_destination(counted: Make, queue: Queue) -> None:
    function = counted(failures=0, config=on_failure(queue))
    function.send()
    function.advance(600)
    assert queue.take() == []


def test_an_event_that_grew_too_old_in_the_queue_is_not_run(counted: Make, queue: Queue) -> None:
    config = {"MaximumEventAgeInSeconds": 60, **on_failure(queue)}
    function = counted(failures=9, config=config)
    function.send()
    function.advance(600)
    (message,) = queue.take()
    context = json.loads(message["Body"])["requestContext"]
    assert context["condition"] == "EventAgeExceeded"
    assert context["approximateInvokeCount"] == function.runs == 1


def test_a_throttled_event_waits_and_runs_without_using_up_its_retries(
    counted: Make, queue: Queue
) -> None:
    function = counted(failures=0, config={"MaximumRetryAttempts": 0, **on_failure(queue)})
    function.aws_lambda.put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=0
    )
    function.send()
    function.advance(10)
    assert function.runs == 0
    function.aws_lambda.delete_function_concurrency(FunctionName=function.name)
    function.advance(60)
    assert function.runs == 1
    assert queue.take() == []


def test_a_dead_letter_queue_gets_the_event_itself(counted: Make, queue: Queue) -> None:
    function = counted(failures=9, DeadLetterConfig={"TargetArn": queue.arn})
    request_id = function.send()
    function.advance(600)
    (message,) = queue.take()
    assert json.loads(message["Body"]) == function.event
    attributes = message["MessageAttributes"]
    assert attributes["RequestID"]["StringValue"] == request_id
    assert attributes["ErrorMessage"]["StringValue"] == "not yet"


def test_a_topic_is_a_destination(counted: Make, queue: Queue, client: Make) -> None:
    topic = client("sns").create_topic(Name="failures")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    config = {"DestinationConfig": {"OnSuccess": {"Destination": topic}}}
    function = counted(failures=0, config=config)
    function.send()
    function.advance(0)
    record = json.loads(json.loads(queue.take()[0]["Body"])["Message"])
    assert record["requestContext"]["condition"] == "Success"


def test_an_event_bus_is_a_destination(counted: Make, queue: Queue, client: Make) -> None:
    events = client("events")
    bus = events.create_event_bus(Name="results")["EventBusArn"]
    events.put_rule(Name="all", EventBusName="results", EventPattern='{"source": ["lambda"]}')
    events.put_targets(Rule="all", EventBusName="results", Targets=[{"Id": "q", "Arn": queue.arn}])
    config = {"DestinationConfig": {"OnSuccess": {"Destination": bus}}}
    function = counted(failures=0, config=config)
    function.send()
    function.advance(0)
    event = json.loads(queue.take()[0]["Body"])
    assert event["detail-type"] == "Lambda Function Invocation Result - Success"
    assert event["detail"]["responsePayload"] == {"done": True}


def test_another_function_is_a_destination(counted: Make, function: Make) -> None:
    source = """
import pathlib
def handler(record, context):
    pathlib.Path(record["requestPayload"]["runs"] + ".next").touch()
"""
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function(source)}"
    counting = counted(
        failures=0, config={"DestinationConfig": {"OnSuccess": {"Destination": arn}}}
    )
    counting.send()
    counting.advance(0)
    assert Path(counting.event["runs"] + ".next").exists()


def test_the_event_of_a_deleted_function_is_dropped(counted: Make, queue: Queue) -> None:
    function = counted(failures=9, config=on_failure(queue))
    function.send()
    function.advance(0)
    function.aws_lambda.delete_function(FunctionName=function.name)
    function.advance(600)
    assert function.runs == 1
    assert queue.take() == []
