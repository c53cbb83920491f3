"""Lambda developer guide, "Using Lambda with Amazon SQS", seen from queue and function."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

# Reports each record on the queue that its environment names; fails on command.
SOURCE = """
import json, os

SEEN = []

def handler(event, context):
    if "show" in event:
        return SEEN
    SEEN.append([record["body"] for record in event["Records"]])
    bodies = [json.loads(record["body"]) for record in event["Records"]]
    if any(body.get("raise") for body in bodies):
        raise ValueError("told to")
    failed = [r["messageId"] for r, b in zip(event["Records"], bodies) if b.get("fail")]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
"""


class Mapped:
    """A queue, a function, and a mapping between them."""

    def __init__(self, post: Any, function: Any, **settings: Any) -> None:
        self.post = post
        self.awslambda, self.sqs = post.client("lambda"), post.client("sqs")
        self.function = function
        self.queue = post.queue(VisibilityTimeout="60")
        name = self.queue.rsplit(":", 1)[-1]
        self.url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        made = self.awslambda.create_event_source_mapping(
            EventSourceArn=self.queue, FunctionName=function.name, **settings
        )
        self.uuid = made["UUID"]

    def send(self, **body: Any) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=json.dumps({"q": self.url, **body}))

    def batches(self, seconds: float = 0) -> list[list[Any]]:
        """What the function has seen of this queue, a list per invocation."""
        self.post.quiet(seconds)
        answer = self.awslambda.invoke(
            FunctionName=self.function.name, Payload=json.dumps({"show": True})
        )
        seen = [[json.loads(body) for body in each] for each in json.load(answer["Payload"])]
        return [
            [body for body in each if body["q"] == self.url] for each in seen if self._is_of(each)
        ]

    def _is_of(self, batch: list[Any]) -> bool:
        return any(body["q"] == self.url for body in batch)

    def left(self) -> int:
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        counts = attributes["Attributes"]
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(counts[name]) for name in names)

    def update(self, **settings: Any) -> None:
        self.awslambda.update_event_source_mapping(UUID=self.uuid, **settings)

    def described(self) -> Any:
        return self.awslambda.get_event_source_mapping(UUID=self.uuid)


@pytest.fixture(scope="module")
def reporting(function_of: Callable[[str], Any]) -> Any:
    return function_of(SOURCE)


@pytest.fixture
def mapped(post: Any, reporting: Any) -> Callable[..., Mapped]:
    return lambda **settings: Mapped(post, reporting, **settings)


def test_a_message_is_handed_over_and_deleted(mapped: Callable[..., Mapped]) -> None:
    source = mapped()
    source.send(n=1)

    assert [[body["n"] for body in each] for each in source.batches()] == [[1]]
    assert source.left() == 0
    assert source.described()["State"] == "Enabled"
    assert source.described()["LastProcessingResult"] == "OK"


def test_what_was_there_before_is_read_in_batches(mapped: Callable[..., Mapped]) -> None:
    source = mapped(Enabled=False, BatchSize=2)
    for n in range(3):
        source.send(n=n)
    assert source.batches() == []

    source.update(Enabled=True)

    assert [len(each) for each in source.batches()] == [2, 1]


def test_a_batching_window_gathers_messages(mapped: Callable[..., Mapped]) -> None:
    source = mapped(MaximumBatchingWindowInSeconds=20)
    for n in range(3):
        source.send(n=n)

    assert source.batches() == []
    assert [len(each) for each in source.batches(seconds=20)] == [3]


def test_a_failed_batch_comes_back_after_the_visibility_timeout(
    mapped: Callable[..., Mapped],
) -> None:
    source = mapped()
    source.send(n=1, **{"raise": True})

    assert len(source.batches()) == 1
    assert source.left() == 1
    assert "Function call failed" in source.described()["LastProcessingResult"]
    assert len(source.batches(seconds=61)) == 2


def test_only_what_a_function_reports_comes_back(mapped: Callable[..., Mapped]) -> None:
    """Developer guide "Implementing partial batch responses"."""
    source = mapped(
        FunctionResponseTypes=["ReportBatchItemFailures"], MaximumBatchingWindowInSeconds=1
    )
    source.send(n=1)
    source.send(n=2, fail=True)

    assert [len(each) for each in source.batches(seconds=2)] == [2]
    assert source.left() == 1
    retried = source.batches(seconds=62)[-1]
    assert [body["n"] for body in retried] == [2]


def test_filtered_messages_are_deleted_unseen(mapped: Callable[..., Mapped]) -> None:
    """Developer guide "Control which events Lambda sends to your function"."""
    pattern = {"body": {"n": [{"numeric": [">", 1]}]}}
    source = mapped(FilterCriteria={"Filters": [{"Pattern": json.dumps(pattern)}]})
    for n in (1, 2):
        source.send(n=n)

    assert [[body["n"] for body in each] for each in source.batches()] == [[2]]
    assert source.left() == 0


def test_a_delayed_message_is_read_when_it_is_due(mapped: Callable[..., Mapped]) -> None:
    source = mapped()
    body = json.dumps({"q": source.url})
    source.sqs.send_message(QueueUrl=source.url, MessageBody=body, DelaySeconds=30)

    assert source.batches() == []
    assert len(source.batches(seconds=31)) == 1


def test_a_deleted_mapping_reads_no_more(mapped: Callable[..., Mapped]) -> None:
    source = mapped()
    # A poll that is under way may still take what arrives.
    source.post.quiet()
    assert source.awslambda.delete_event_source_mapping(UUID=source.uuid)["State"] == "Deleting"

    source.send(n=1)

    assert source.batches() == []
    with pytest.raises(ClientError) as refused:
        source.described()
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_mappings_are_listed_by_source(mapped: Callable[..., Mapped]) -> None:
    source = mapped(BatchSize=5)

    (listed,) = source.awslambda.list_event_source_mappings(EventSourceArn=source.queue)[
        "EventSourceMappings"
    ]

    assert (listed["UUID"], listed["BatchSize"]) == (source.uuid, 5)


def test_one_mapping_is_enough_for_queue_and_function(mapped: Callable[..., Mapped]) -> None:
    source = mapped()

    with pytest.raises(ClientError, match="provided mapping already exists") as refused:
        source.awslambda.create_event_source_mapping(
            EventSourceArn=source.queue, FunctionName=source.function.name
        )

    assert refused.value.response["Error"]["Code"] == "ResourceConflictException"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"BatchSize": 11}, "Maximum batch size"),
        ({"EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:never-made"}, "NonExistentQueue"),
        ({"FilterCriteria": {"Filters": [{"Pattern": "{"}]}}, "Invalid filter pattern"),
        ({"queue": {"VisibilityTimeout": "30"}}, "less than Function timeout: 60"),
    ],
)
def test_what_could_not_be_read_is_refused(
    changes: dict[str, Any], words: str, post: Any, reporting: Any
) -> None:
    queue = post.queue(**(changes.pop("queue", {"VisibilityTimeout": "60"})))

    with pytest.raises(ClientError, match=words) as refused:
        post.client("lambda").create_event_source_mapping(
            **{"EventSourceArn": queue, "FunctionName": reporting.name, **changes}
        )

    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
