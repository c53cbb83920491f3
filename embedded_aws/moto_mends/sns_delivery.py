"""Moto invokes functions of its own Lambda alone, and puts messages past queue policies.

It also takes RawMessageDelivery "false" for true, drops what cannot be delivered, whatever the
RedrivePolicy, posts to any HTTP endpoint, and is silent about mail, phones and apps.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription

from embedded_aws.delivery.mailbox import Mailbox
from embedded_aws.delivery.subscriptions import Notification, Subscriptions

_STOCK_PUBLISH = Subscription.publish
_STOCK_SUBSCRIBE = SNSBackend.subscribe
_DELIVERED = ("lambda", "sqs")
# It would wait for a confirmation, which nobody can give here: it counts as given.
_MAILED = ("email", "email-json")
Moto = Any


def apply(subscriptions: Subscriptions, mailbox: Mailbox) -> None:
    """Deliver by ``subscriptions``, mail to ``mailbox``, and refuse all other protocols."""
    SNSBackend.subscribe = _subscribe
    Subscription.publish = _publish(subscriptions, mailbox)


def _subscribe(self: Moto, topic_arn: str, endpoint: str, protocol: str) -> Moto:
    if protocol not in (*_DELIVERED, *_MAILED):
        message = f"the embedded AWS does not support the protocol {protocol}"
        raise SNSInvalidParameter(f"Invalid parameter: {message}")
    return _STOCK_SUBSCRIBE(self, topic_arn, endpoint, protocol)


def _publish(subscriptions: Subscriptions, mailbox: Mailbox) -> Callable[..., None]:
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
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        document = self.get_post_data(message, message_id, subject, message_attributes)
        if self.protocol in _MAILED:
            is_document = self.protocol == "email-json"
            mailbox.put(self.endpoint, subject, json.dumps(document) if is_document else message)
            return
        is_raw = str(self.attributes.get("RawMessageDelivery")).lower() == "true"
        fifo = {"MessageGroupId": group_id, "MessageDeduplicationId": deduplication_id}
        raw = {"MessageAttributes": _sqs_attributes(message_attributes or {})} if is_raw else {}
        subscriptions.deliver(
            Notification(
                subscription_arn=self.arn,
                topic_arn=self.topic.arn,
                protocol=self.protocol,
                endpoint=self.endpoint,
                body=document,
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
