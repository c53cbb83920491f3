"""What a subscriber of the stack's topic receives."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.machine.application import Application
    from tests.soak.nights import Nights


class Notices:
    """A queue that is subscribed to an application's topic from now on."""

    def __init__(self, application: Application | Nights) -> None:
        self._sqs = application.client("sqs")
        self._url = self._sqs.create_queue(
            QueueName="subscriber", Attributes={"MessageRetentionPeriod": "1209600"}
        )["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        queue_arn = arn["Attributes"]["QueueArn"]
        topic_arn = application.outputs["NotificationTopicArn"]
        policy = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
            },
        }
        self._sqs.set_queue_attributes(
            QueueUrl=self._url, Attributes={"Policy": json.dumps(policy)}
        )
        application.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue_arn)
        self._received: list[dict[str, Any]] = []

    def received(self) -> list[dict[str, Any]]:
        """All messages so far, with their Subject and Message."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                self._received.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return self._received
