"""What the tests of all parts of SageMaker share: its events, in a queue, and its refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance

Delivered = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def delivered(aws: Instance, client: Callable[[str], Any]) -> Delivered:
    """The events about a resource that have been sent since this module's first test."""
    sqs, events = client("sqs"), client("events")
    queue_url, queue_arn = _open_queue(sqs)
    events.put_rule(Name="sagemaker", EventPattern=json.dumps({"source": ["aws.sagemaker"]}))
    events.put_targets(Rule="sagemaker", Targets=[{"Id": "queue", "Arn": queue_arn}])
    seen: list[dict[str, Any]] = []

    def about(arn: str) -> list[dict[str, Any]]:
        # Events go out in the background; once all is quiet they have arrived.
        aws.environment.clock.advance_to(aws.environment.clock.now())
        while batch := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in batch:
                seen.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        # In the order of their own time: a rule may deliver them in any.
        return sorted(
            (event for event in seen if event["resources"] == [arn]),
            key=lambda event: str(event["time"]),
        )

    return about


def _open_queue(sqs: Any) -> tuple[str, str]:
    """A queue that EventBridge may write to; its URL and ARN."""
    url = sqs.create_queue(QueueName="sagemaker-events")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def error_of(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """The code and message that a call is refused with."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def refused() -> Callable[..., tuple[str, str]]:
    return error_of
