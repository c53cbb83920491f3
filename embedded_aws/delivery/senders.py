"""The three ways in which SNS and S3 hand things on: to a function, a queue or a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.clients import ClientFactory
from embedded_aws.delivery.principals import client_of
from embedded_aws.queues import queue_url


class Senders:
    """Calls of one service principal, on account of one of its resources."""

    def __init__(self, clients: ClientFactory, principal: str) -> None:
        self._clients = clients
        self._principal = principal

    def client(self, service: str, source_arn: str) -> Any:  # noqa: ANN401  # boto3 client
        """A client that acts as the principal, for the resource."""
        return client_of(self._clients, service, self._principal, source_arn)

    def invoke(self, source_arn: str, function_arn: str, payload: str) -> None:
        """Queue an event of a function."""
        self.client("lambda", source_arn).invoke(
            FunctionName=function_arn, InvocationType="Event", Payload=payload
        )

    def send(
        self, source_arn: str, queue_arn: str, body: str, members: Mapping[str, Any] | None = None
    ) -> None:
        """Send a message, with further members of SendMessage."""
        url = queue_url(self._clients, queue_arn)
        sqs = self.client("sqs", source_arn)
        sqs.send_message(QueueUrl=url, MessageBody=body, **(members or {}))

    def publish(self, source_arn: str, topic_arn: str, message: str) -> None:
        """Publish a message."""
        self.client("sns", source_arn).publish(TopicArn=topic_arn, Message=message)
