"""Log events on their way to CloudWatch Logs, for every service that writes some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, TypedDict

# Quotas of PutLogEvents (API_PutLogEvents).
MAX_BATCH_EVENTS = 10_000
MAX_BATCH_BYTES = 1_048_576
MAX_EVENT_BYTES = 262_144
EVENT_OVERHEAD_BYTES = 26


class LogEvent(TypedDict):
    """A message, and its instant in milliseconds since the epoch."""

    timestamp: int
    message: str


def log_event(at: datetime, message: str) -> LogEvent:
    """An event as the API takes it."""
    return {"timestamp": int(at.timestamp() * 1000), "message": message}


def make_stream(logs: Any, group: str, stream: str) -> None:  # noqa: ANN401  # boto3 client
    """Make a stream, unless it is there."""
    # Another delivery may be on its way at this moment, to this stream.
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)


def make_stream_and_group(logs: Any, group: str, stream: str) -> None:  # noqa: ANN401  # boto3 client
    """Make a stream, and its group if that is missing too."""
    try:
        make_stream(logs, group, stream)
    except logs.exceptions.ResourceNotFoundException:
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        make_stream(logs, group, stream)


def put(
    logs: Any,  # noqa: ANN401  # boto3 client
    group: str,
    stream: str,
    events: Iterable[LogEvent],
) -> None:
    """Write events to a stream that is there, in their order."""
    for batch in batches(events):
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)


def batches(events: Iterable[LogEvent]) -> Iterator[list[LogEvent]]:
    """Events in groups that PutLogEvents accepts; a message that is too long is cut."""
    batch: list[LogEvent] = []
    size = 0
    for event in events:
        encoded = event["message"].encode()[: MAX_EVENT_BYTES - EVENT_OVERHEAD_BYTES]
        cost = len(encoded) + EVENT_OVERHEAD_BYTES
        if batch and (len(batch) == MAX_BATCH_EVENTS or size + cost > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        message = encoded.decode(errors="ignore")
        batch.append({"timestamp": event["timestamp"], "message": message})
        size += cost
    if batch:
        yield batch
