"""What happens in a bucket, on its way to functions, queues, topics and EventBridge.

S3 user guide, "Event message structure", "EventBridge event message structure" and "Granting
permissions to publish event notification messages to a destination".
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from botocore.exceptions import ClientError

from embedded_aws.delivery.attempts import Courier, Delivery, RetryPolicy
from embedded_aws.delivery.senders import Senders
from embedded_aws.environment import Environment

_LOG = logging.getLogger(__name__)
PRINCIPAL = "s3.amazonaws.com"
# "At least once"; for how long S3 tries is not documented.
_POLICY = RetryPolicy(max_attempts=185, max_age_seconds=86_400)
_REASONS = {
    "Put": "PutObject",
    "Post": "POST Object",
    "Copy": "CopyObject",
    "CompleteMultipartUpload": "CompleteMultipartUpload",
    "Delete": "DeleteObject",
    "DeleteMarkerCreated": "DeleteObject",
}
_DELETIONS = {
    "Delete": "Permanently Deleted",
    "DeleteMarkerCreated": "Delete Marker Created",
}


@dataclass(frozen=True)
class ObjectEvent:
    """Something that happened to an object.

    Attributes:
        name: Such as ``ObjectCreated:Put``.
        size_bytes: None of an object that is gone, as is the ETag.
        sequencer: Orders the events of one key.
    """

    bucket: str
    name: str
    key: str
    sequencer: str
    size_bytes: int | None = None
    etag: str | None = None
    version_id: str | None = None

    @property
    def bucket_arn(self) -> str:
        """The bucket's ARN."""
        return f"arn:aws:s3:::{self.bucket}"

    def members(self, *, key: str, etag_name: str, version_name: str) -> dict[str, Any]:
        """The object as an event shows it, without what it does not have."""
        members = {
            "key": key,
            "size": self.size_bytes,
            etag_name: self.etag,
            version_name: self.version_id,
            "sequencer": self.sequencer,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True)
class Destination:
    """Where a bucket's configuration sends events."""

    configuration_id: str
    arn: str


class BucketNotifications:
    """Delivers events of buckets, in the background and in order."""

    def __init__(self, environment: Environment) -> None:
        self._settings = environment.settings
        self._clients = environment.clients
        self._clock = environment.clock
        self._senders = Senders(environment.clients, PRINCIPAL)
        self._courier = Courier(environment.clock, "s3-delivery")

    def send(self, event: ObjectEvent, destinations: Iterable[Destination]) -> None:
        """Send one event to what the bucket's configuration names."""
        for destination in destinations:
            text = json.dumps({"Records": [self._record(event, destination.configuration_id)]})
            arn, bucket_arn = destination.arn, event.bucket_arn
            self._post(arn, self._sending(bucket_arn, arn, text))

    def send_to_eventbridge(self, event: ObjectEvent) -> None:
        """Send one event to the default bus."""
        group, _, kind = event.name.partition(":")
        created = group == "ObjectCreated"
        shown = event.members(key=event.key, etag_name="etag", version_name="version-id")
        detail = {
            "version": "0",
            "bucket": {"name": event.bucket},
            "object": shown,
            "request-id": _request_id(),
            "requester": self._settings.account_id,
            "source-ip-address": "127.0.0.1",
            "reason": _REASONS.get(kind, kind),
            **({} if created else {"deletion-type": _DELETIONS.get(kind, kind)}),
        }
        entry = {
            "Source": "aws.s3",
            "DetailType": "Object Created" if created else "Object Deleted",
            "Resources": [event.bucket_arn],
            "Time": self._clock.now(),
            "Detail": json.dumps(detail),
        }

        def put() -> None:
            self._clients.as_service("events").put_events(Entries=[entry])

        self._post("the default bus", put)

    def check(self, bucket: str, destinations: Iterable[Destination]) -> list[str]:
        """Send a test event, which functions do not get; the ARNs that cannot be delivered to."""
        test = {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": _instant(self._clock.now()),
            "Bucket": bucket,
            "RequestId": _request_id(),
            "HostId": _request_id(),
        }
        bucket_arn, unreachable = f"arn:aws:s3:::{bucket}", []
        for arn in dict.fromkeys(destination.arn for destination in destinations):
            try:
                self._try(bucket_arn, arn, json.dumps(test))
            except ClientError as refused:
                _LOG.warning("%s cannot notify %s: %s", bucket, arn, refused)
                unreachable.append(arn)
        return unreachable

    def _try(self, bucket_arn: str, arn: str, text: str) -> None:
        if _service(arn) == "lambda":
            self._senders.client("lambda", bucket_arn).invoke(
                FunctionName=arn, InvocationType="DryRun"
            )
        else:
            self._sending(bucket_arn, arn, text)()

    def _sending(self, bucket_arn: str, arn: str, text: str) -> Callable[[], None]:
        senders: dict[str, Callable[[str, str, str], None]] = {
            "lambda": self._senders.invoke,
            "sqs": self._senders.send,
            "sns": self._senders.publish,
        }
        return lambda: senders[_service(arn)](bucket_arn, arn, text)

    def _post(self, name: str, send: Callable[[], None]) -> None:
        self._courier.post(
            Delivery(
                name=f"S3 to {name}",
                send=lambda _attempt: send(),
                bury=lambda _failure: None,
                policy=_POLICY,
                created_at=self._clock.now(),
            )
        )

    def _record(self, event: ObjectEvent, configuration_id: str) -> dict[str, Any]:
        principal = {"principalId": self._settings.account_id}
        key = quote_plus(event.key, safe="/")
        return {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": self._settings.region,
            "eventTime": _instant(self._clock.now()),
            "eventName": event.name,
            "userIdentity": principal,
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": _request_id(), "x-amz-id-2": _request_id()},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration_id,
                "bucket": {
                    "name": event.bucket,
                    "ownerIdentity": principal,
                    "arn": event.bucket_arn,
                },
                "object": event.members(key=key, etag_name="eTag", version_name="versionId"),
            },
        }


def _service(arn: str) -> str:
    return arn.split(":")[2]


def _instant(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def _request_id() -> str:
    return uuid.uuid4().hex[:16].upper()
