"""Messages of a queue as a function's event, and the function's answer about them.

Lambda developer guide, "Using Lambda with Amazon SQS", "Handling errors for an SQS event source"
and "Control which events Lambda sends to your function".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from embedded_aws.eventbridge.patterns import EventPattern

Message = Mapping[str, Any]


def event_of(messages: Sequence[Message], queue_arn: str) -> bytes:
    """The event for a batch."""
    records = [_record(message, queue_arn) for message in messages]
    return json.dumps({"Records": records}).encode()


def is_wanted(message: Message, queue_arn: str, patterns: Sequence[EventPattern]) -> bool:
    """Whether any filter takes a message; without filters, all do."""
    if not patterns:
        return True
    record = _record(message, queue_arn)
    # A filter of text, not of JSON, compares the body as it is.
    with suppress(ValueError):
        record["body"] = json.loads(record["body"])
    return any(pattern.matches(record) for pattern in patterns)


def failed_ids(answer: bytes, messages: Sequence[Message]) -> set[str]:
    """Which messages a batch response names as failed; all of them if it cannot be understood."""
    every = {message["MessageId"] for message in messages}
    try:
        response = json.loads(answer or b"null")
        failures = (response or {}).get("batchItemFailures") or []
        named = {failure["itemIdentifier"] for failure in failures}
    except (ValueError, TypeError, KeyError, AttributeError):
        return every
    return every if named - every else named


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    renamed = {"StringValue": "stringValue", "BinaryValue": "binaryValue", "DataType": "dataType"}
    known = {new: value[old] for old, new in renamed.items() if old in value}
    return {**known, "stringListValues": [], "binaryListValues": []}
