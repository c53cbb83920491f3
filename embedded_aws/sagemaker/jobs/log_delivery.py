"""A container's output on its way to CloudWatch Logs, under the job's role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

MAX_BATCH_EVENTS = 10_000
MAX_BATCH_BYTES = 1_048_576
MAX_EVENT_BYTES = 262_144
_EVENT_OVERHEAD_BYTES = 26
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def lines(text: str) -> list[str]:
    """The lines of a container's output as CloudWatch shows them: control characters in octal.

    SageMaker's log agent writes a tab as ``#011``; the metric definitions of the built-in
    algorithms rely on it (DescribeTrainingJob output in public notebooks).
    """
    return [_CONTROL.sub(_octal, line) for line in text.split("\n") if line]


def deliver(
    logs: Any,  # noqa: ANN401  # boto3 client
    group: str,
    stream: str,
    messages: Sequence[str],
    at: datetime,
) -> None:
    """Write messages to a stream; a role without the permission only loses its logs.

    That a job goes on without them is the documented reason why the permissions are in the
    execution role (API_CreateTrainingJob, "SageMaker AI roles").
    """
    try:
        _unless_there(logs, logs.create_log_group, logGroupName=group)
        _unless_there(logs, logs.create_log_stream, logGroupName=group, logStreamName=stream)
        milliseconds = int(at.timestamp() * 1000)
        for batch in batches(messages):
            events = [{"timestamp": milliseconds, "message": message} for message in batch]
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in {"AccessDenied", "AccessDeniedException"}:
            raise


def batches(messages: Iterable[str]) -> Iterator[list[str]]:
    """Messages in groups that PutLogEvents accepts."""
    batch: list[str] = []
    size = 0
    for message in messages:
        kept = message.encode()[: MAX_EVENT_BYTES - _EVENT_OVERHEAD_BYTES].decode(errors="ignore")
        cost = len(kept.encode()) + _EVENT_OVERHEAD_BYTES
        if batch and (len(batch) == MAX_BATCH_EVENTS or size + cost > MAX_BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(kept)
        size += cost
    if batch:
        yield batch


def _unless_there(logs: Any, create: Callable[..., Any], **names: str) -> None:  # noqa: ANN401
    try:
        create(**names)
    except logs.exceptions.ResourceAlreadyExistsException:
        return


def _octal(found: re.Match[str]) -> str:
    return f"#{ord(found.group()):03o}"
