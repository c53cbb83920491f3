"""Messages of SNS topics on their way to subscribed queues and functions.

SNS developer guide, "Amazon SNS message delivery retries", "Fanout to Lambda functions" and
"Amazon SNS raw message delivery".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.delivery.attempts import Courier, Delivery, Failure, RetryPolicy
from embedded_aws.delivery.senders import Senders
from embedded_aws.environment import Environment

PRINCIPAL = "sns.amazonaws.com"
# To AWS managed endpoints: 100,015 times over 23 days.
_POLICY = RetryPolicy(max_attempts=100_015, max_age_seconds=23 * 86_400)


@dataclass(frozen=True)
class Notification:
    """A message for one subscription.

    Attributes:
        body: The notification document that queues and functions get.
        members: Members of SendMessage that a queue needs, besides the body.
        dead_letter_arn: The queue for what cannot be delivered.
    """

    subscription_arn: str
    topic_arn: str
    protocol: str
    endpoint: str
    body: Mapping[str, Any]
    raw_message: str | None
    members: Mapping[str, Any]
    dead_letter_arn: str | None

    @property
    def text(self) -> str:
        """What a queue gets."""
        if self.raw_message is not None:
            return self.raw_message
        return json.dumps(self.body, sort_keys=True, indent=2, separators=(",", ": "))

    @property
    def event(self) -> str:
        """What a function gets."""
        renamed = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}
        message = {renamed.get(name, name): value for name, value in self.body.items()}
        record = {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": self.subscription_arn,
            "Sns": {"Subject": None, "MessageAttributes": {}} | message,
        }
        return json.dumps({"Records": [record]})


class Subscriptions:
    """Delivers notifications, in the background and in order."""

    def __init__(self, environment: Environment) -> None:
        self._clock = environment.clock
        self._senders = Senders(environment.clients, PRINCIPAL)
        self._courier = Courier(environment.clock, "sns-delivery")

    def deliver(self, notification: Notification) -> None:
        """Bring a message to its subscription's endpoint."""
        self._courier.post(
            Delivery(
                name=notification.subscription_arn,
                send=lambda _attempt: self._send(notification),
                bury=lambda failure: self._bury(notification, failure),
                policy=_POLICY,
                created_at=self._clock.now(),
            )
        )

    def _send(self, notification: Notification) -> None:
        topic_arn, endpoint = notification.topic_arn, notification.endpoint
        if notification.protocol == "lambda":
            self._senders.invoke(topic_arn, endpoint, notification.event)
        else:
            self._senders.send(topic_arn, endpoint, notification.text, notification.members)

    def _bury(self, notification: Notification, failure: Failure) -> None:
        del failure
        if notification.dead_letter_arn:
            topic_arn, queue_arn = notification.topic_arn, notification.dead_letter_arn
            self._senders.send(topic_arn, queue_arn, notification.text, notification.members)
