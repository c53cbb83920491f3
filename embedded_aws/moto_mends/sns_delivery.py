"""Moto invokes functions of its own Lambda alone, and puts messages past queue policies.

It also takes RawMessageDelivery "false" for true, drops what cannot be delivered, whatever the
RedrivePolicy, posts to any HTTP endpoint, and is silent about phones and apps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription

from embedded_aws.delivery.subscriptions import Notification, Subscriptions

_STOCK_PUBLISH = Subscription.publish
_STOCK_SUBSCRIBE = SNSBackend.subscribe
_DELIVERED = ("lambda", "sqs")
# Mail waits for a confirmation that nobody can give here, so there is nothing to deliver.
_ACCEPTED = (*_DELIVERED, "email", "email-json")
Moto = Any


def apply(subscriptions: Subscriptions) -> None:
    """Deliver by ``subscriptions``, and refuse protocols that nothing is delivered by."""
    SNSBackend.subscribe = _subscribe
    Subscription.publish = _publish(subscriptions)


def _subscribe(self: Moto, topic_arn: str, endpoint: str, protocol: str) -> Moto:
    if protocol not in _ACCEPTED:
        message = f"the embedded AWS does not support the protocol {protocol}"
        raise SNSInvalidParameter(f"Invalid parameter: {message}")
    return _STOCK_SUBSCRIBE(self, topic_arn, endpoint, protocol)


def _publish(subscriptions: Subscriptions) -> Callable[..., None]:
    def publish(  # noqa: PLR0913  # the parameters of what it replaces
        self: Moto,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(message_attributes, message):
            return
        if self.protocol not in _DELIVERED:
            return
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        is_raw = str(self.attributes.get("RawMessageDelivery")).lower() == "true"
        fifo = {"MessageGroupId": group_id, "MessageDeduplicationId": deduplication_id}
        raw = {"MessageAttributes": _sqs_attributes(message_attributes or {})} if is_raw else {}
        subscriptions.deliver(
            Notification(
                subscription_arn=self.arn,
                topic_arn=self.topic.arn,
                protocol=self.protocol,
                endpoint=self.endpoint,
                body=self.get_post_data(message, message_id, subject, message_attributes),
                raw_message=message if is_raw else None,
                members=raw | {name: value for name, value in fifo.items() if value},
                dead_letter_arn=_dead_letter_arn(self.attributes.get("RedrivePolicy")),
            )
        )

    return publish


def _sqs_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "DataType": each["Type"],
            ("BinaryValue" if each["Type"].startswith("Binary") else "StringValue"): (
                each["Value"] if each["Type"].startswith("Binary") else str(each["Value"])
            ),
        }
        for name, each in attributes.items()
    }


def _dead_letter_arn(redrive_policy: str | None) -> str | None:
    return json.loads(redrive_policy).get("deadLetterTargetArn") if redrive_policy else None
