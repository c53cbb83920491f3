"""A container's output as CloudWatch shows it, and on its way there under the job's role."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.delivery import log_events

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def lines(text: str) -> list[str]:
    """The lines of a container's output, control characters in octal.

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
        log_events.make_stream_and_group(logs, group, stream)
        events = [log_events.log_event(at, message) for message in messages]
        log_events.put(logs, group, stream, events)
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in {"AccessDenied", "AccessDeniedException"}:
            raise


def _octal(found: re.Match[str]) -> str:
    return f"#{ord(found.group()):03o}"
