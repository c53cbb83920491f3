"""The queue that the dead-letter alarm watches: what was given up on, and is taken up again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.soak.nights import Nights


@dataclass(frozen=True)
class Letter:
    """What a function did not take, or was not given.

    Attributes:
        function_arn: The function that it was for.
        event: What it was to be invoked with.
        body: The whole message.
    """

    function_arn: str
    event: Mapping[str, Any]
    body: Mapping[str, Any]


def take(nights: Nights) -> Iterator[Letter]:
    """Empty the queue."""
    sqs, url = nights.client("sqs"), nights.outputs["DeadLetterQueueUrl"]
    asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
    while received := sqs.receive_message(**asked).get("Messages"):
        for message in received:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield _read(message)


def _read(message: Mapping[str, Any]) -> Letter:
    """Of a function's own destination, or of a rule or a schedule that did not reach it."""
    body = json.loads(message["Body"])
    if "requestContext" in body:
        return Letter(body["requestContext"]["functionArn"], body["requestPayload"], body)
    target = message["MessageAttributes"]["TARGET_ARN"]["StringValue"]
    return Letter(target, json.loads(body["Payload"]) if "Payload" in body else body, body)


def send_again(nights: Nights, letter: Letter) -> Mapping[str, Any]:
    """Do as docs/operations.md says of the alarm; what the function answers."""
    answer = nights.client("lambda").invoke(
        FunctionName=letter.function_arn, Payload=json.dumps(letter.event).encode()
    )
    document: Mapping[str, Any] = json.loads(answer["Payload"].read())
    return document
