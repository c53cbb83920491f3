"""Log events on their way to CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from embedded_aws.delivery.log_events import (
    EVENT_OVERHEAD_BYTES,
    MAX_BATCH_BYTES,
    MAX_EVENT_BYTES,
    batches,
    log_event,
    make_stream_and_group,
    put,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def batched(messages: Iterable[str]) -> list[list[str]]:
    """The messages of each batch."""
    found = batches(log_event(NOW, message) for message in messages)
    return [[event["message"] for event in batch] for batch in found]


def test_a_batch_holds_at_most_ten_thousand_events() -> None:
    assert [len(batch) for batch in batched(["x"] * 10_001)] == [10_000, 1]


def test_a_batch_holds_at_most_a_mebibyte() -> None:
    found = batched(["x" * 100_000] * 25)
    sizes = [sum(len(each) + EVENT_OVERHEAD_BYTES for each in batch) for batch in found]
    assert max(sizes) <= MAX_BATCH_BYTES
    assert len(sizes) == 3


def test_a_message_that_is_too_long_is_cut() -> None:
    ((message,),) = batched(["ä" * MAX_EVENT_BYTES])
    assert len(message.encode()) + EVENT_OVERHEAD_BYTES <= MAX_EVENT_BYTES


def test_nothing_to_say_is_no_batch() -> None:
    assert batched([]) == []


def test_a_group_and_a_stream_that_are_there_are_used(client: Any) -> None:
    logs = client("logs")
    for stream, message in [("first", "a"), ("second", "b"), ("second", "c")]:
        make_stream_and_group(logs, "group", stream)
        put(logs, "group", stream, [log_event(NOW, message)])
    events = logs.get_log_events(logGroupName="group", logStreamName="second")["events"]
    assert [event["message"] for event in events] == ["b", "c"]
    assert {event["timestamp"] for event in events} == {int(NOW.timestamp() * 1000)}
