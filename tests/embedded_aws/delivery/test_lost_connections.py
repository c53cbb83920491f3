"""A request or an answer that gets lost on its way delays a delivery, but does not end it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

Make = Callable[..., Any]
# The visibility timeout of the queues that functions read, and some retries beyond.
LATER_SECONDS = 100


@pytest.fixture(params=["lose_request", "lose_response"])
def loss(request: pytest.FixtureRequest) -> str:
    """Whether the service hears of the call before the connection breaks."""
    return str(request.param)


@pytest.fixture
def times(loss: str) -> int:
    """How often a thing gets there: delivery is at least once, and a sender heard nothing."""
    return 2 if loss == "lose_response" else 1


@pytest.fixture
def schedule(post: Any) -> Make:
    """Have the Scheduler call a target in a minute, and let that minute pass."""

    def make(target_arn: str, text: str) -> None:
        due = post.clock.now().replace(microsecond=0) + timedelta(minutes=1)
        target = {
            "Arn": target_arn,
            "RoleArn": post.role("scheduler", "sqs:*", "lambda:*"),
            "Input": text,
            "RetryPolicy": {"MaximumRetryAttempts": 5},
        }
        post.client("scheduler").create_schedule(
            Name=post.name("schedule"),
            ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target=target,
        )
        post.quiet(60 + LATER_SECONDS)

    return make


def test_a_schedule_reaches_its_queue(
    post: Any, schedule: Make, strike: Make, loss: str, times: int
) -> None:
    queue = post.queue()
    strike(loss, "sqs", "SendMessage", queue)
    schedule(queue, '"night"')
    assert post.bodies(queue) == ["night"] * times


def test_a_schedule_reaches_its_function(
    function: Any, schedule: Make, strike: Make, loss: str, times: int
) -> None:
    strike(loss, "lambda", "Invoke", function.arn)
    schedule(function.arn, '{"night": 1}')
    assert function.events() == [{"night": 1}] * times


def test_a_schedule_whose_connections_all_break_ends_in_its_dead_letter_queue(
    post: Any, strike: Make
) -> None:
    queue, dead = post.queue(), post.queue()
    strike("lose_request", "sqs", "SendMessage", queue, times=9)
    due = post.clock.now().replace(microsecond=0) + timedelta(minutes=1)
    post.client("scheduler").create_schedule(
        Name=post.name("schedule"),
        ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": queue,
            "RoleArn": post.role("scheduler", "sqs:*"),
            "Input": "night",
            "RetryPolicy": {"MaximumRetryAttempts": 2},
            "DeadLetterConfig": {"Arn": dead},
        },
    )
    (message,) = post.received(dead, 60 + LATER_SECONDS)
    attributes = message["MessageAttributes"]
    assert attributes["RETRY_ATTEMPTS"]["StringValue"] == "2"
    assert attributes["EXHAUSTED_RETRY_CONDITION"]["StringValue"] == "MaximumRetryAttempts"


def test_a_rule_reaches_its_function(
    post: Any, function: Any, strike: Make, loss: str, times: int
) -> None:
    events, name = post.client("events"), post.name("rule")
    made = events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    function.permit("events", made["RuleArn"])
    events.put_targets(Rule=name, Targets=[{"Id": "f", "Arn": function.arn, "Input": '"night"'}])
    strike(loss, "lambda", "Invoke", function.arn)

    events.put_events(Entries=[{"Source": name, "DetailType": "Test", "Detail": "{}"}])

    post.quiet(LATER_SECONDS)
    assert function.events() == ["night"] * times


def test_a_topic_reaches_its_queue(post: Any, strike: Make, loss: str, times: int) -> None:
    topic, queue = post.topic(), post.queue()
    post.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue,
        Attributes={"RawMessageDelivery": "true"},
    )
    strike(loss, "sqs", "SendMessage", queue)

    post.client("sns").publish(TopicArn=topic, Message='"hello"')

    assert post.bodies(queue, LATER_SECONDS) == ["hello"] * times


@pytest.mark.parametrize("operation", ["ReceiveMessage", "DeleteMessageBatch"])
def test_a_queue_goes_on_being_read(
    post: Any, function_of: Make, strike: Make, operation: str, loss: str
) -> None:
    """AWS polls again; what was received in silence comes back after its visibility timeout."""
    function, queue = _reading(post, function_of)
    strike(loss, "sqs", operation, queue)

    _send(post, queue, "first")
    post.quiet(LATER_SECONDS)
    _send(post, queue, "second")
    post.quiet(LATER_SECONDS)

    seen = _seen(post, function)
    assert set(seen) == {"first", "second"}
    # A message that was not deleted is seen again, as every consumer of SQS must bear.
    twice = (operation, loss) == ("DeleteMessageBatch", "lose_request")
    assert seen.count("first") == (2 if twice else 1)


def test_a_throttled_reader_polls_again_though_nothing_arrives(
    post: Any, function_of: Make, throttle: Make
) -> None:
    function, queue = _reading(post, function_of)
    throttle("sqs", "ReceiveMessage", queue, 2)
    _send(post, queue, "only")
    post.quiet(LATER_SECONDS)
    assert _seen(post, function) == ["only"]


def test_a_functions_destination_gets_its_record(
    post: Any, function: Any, strike: Make, loss: str, times: int
) -> None:
    strike(loss, "sqs", "SendMessage", function.outcomes)
    post.client("lambda").invoke(
        FunctionName=function.name, InvocationType="Event", Payload='"night"'
    )
    post.quiet(LATER_SECONDS)
    assert function.events() == ["night"] * times


def test_a_functions_lines_are_written(post: Any, function: Any, strike: Make) -> None:
    strike("lose_request", "logs", "PutLogEvents", f"/aws/lambda/{function.name}")
    answer = post.client("lambda").invoke(FunctionName=function.name, Payload="{}")
    request_id = answer["ResponseMetadata"]["RequestId"]
    post.quiet(LATER_SECONDS)
    found = post.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function.name}")
    starts = [e["message"] for e in found["events"] if e["message"].startswith("START")]
    assert any(request_id in start for start in starts)


SEEN = """
SEEN = []
def handler(event, context):
    SEEN.extend(record["body"] for record in event.get("Records", ()))
    return SEEN
"""


def _reading(post: Any, function_of: Make) -> tuple[Any, str]:
    function, queue = function_of(SEEN), post.queue(VisibilityTimeout="60")
    post.client("lambda").create_event_source_mapping(
        EventSourceArn=queue, FunctionName=function.name
    )
    post.quiet()
    return function, queue


def _send(post: Any, queue: str, body: str) -> None:
    sqs = post.client("sqs")
    url = sqs.get_queue_url(QueueName=queue.rsplit(":", 1)[-1])["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=body)


def _seen(post: Any, function: Any) -> list[str]:
    answer = post.client("lambda").invoke(FunctionName=function.name, Payload="{}")
    return list(json.load(answer["Payload"]))
