"""Moto's buckets notify moto's own backends, past all policies, and swallow whatever fails.

It also invokes functions of its own Lambda alone, knows no event for a delete marker or for one
version of several, and keeps a configuration whose destinations cannot be reached.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from moto.s3 import notifications
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend

from embedded_aws.delivery.bucket_notifications import (
    BucketNotifications,
    Destination,
    ObjectEvent,
)

_STOCK_DELETE = S3Backend.delete_object
_STOCK_CONFIGURE = FakeBucket.set_notification_configuration
_STOCK_SEND = notifications.send_event
_STOCK_TEST = notifications.send_test_event
_SEQUENCE = itertools.count(1)
_CREATED, _REMOVED = "ObjectCreated:", "ObjectRemoved:"
Moto = Any


def apply(delivered: BucketNotifications) -> None:
    """Deliver by ``delivered``; refuse configurations that it cannot deliver for."""
    notifications.send_event = _send_event(delivered)
    notifications.send_test_event = _no_test_event
    FakeBucket.set_notification_configuration = _configure(delivered)
    S3Backend.delete_object = _delete_object


def _send_event(delivered: BucketNotifications) -> Callable[..., None]:
    def send_event(account_id: str, event_name: str, bucket: Moto, key: Moto) -> None:
        del account_id
        name = str(getattr(event_name, "value", event_name)).removeprefix("s3:")
        configuration = bucket.notification_configuration
        if configuration is None or not name.startswith((_CREATED, _REMOVED)):
            return
        event = _object_event(bucket, name, key)
        for each in _configured(configuration):
            if each.matches(f"s3:{name}", key.name):
                delivered.send(event, [Destination(each.id, each.arn)])
        if configuration.event_bridge is not None:
            delivered.send_to_eventbridge(event)

    return send_event


def _no_test_event(account_id: str, bucket: Moto) -> None:
    """Test events are sent as part of the configuration, which fails with them."""


def _configure(delivered: BucketNotifications) -> Callable[..., None]:
    def set_notification_configuration(self: Moto, notification_config: Moto) -> None:
        former = self.notification_configuration
        _STOCK_CONFIGURE(self, notification_config)
        configured = list(_configured(self.notification_configuration))
        others = sorted(
            {name for each in configured for name in each.events if not _is_delivered(name)}
        )
        destinations = [Destination(each.id, each.arn) for each in configured]
        problem = f"the embedded AWS does not support the events {others}" if others else None
        if problem is None and delivered.check(self.name, destinations):
            problem = "Unable to validate the following destination configurations"
        if problem is not None:
            self.notification_configuration = former
            raise S3ClientError("InvalidArgument", problem)

    return set_notification_configuration


def _delete_object(self: Moto, bucket_name: str, key_name: str, *more: Any, **named: Any) -> Moto:  # noqa: ANN401
    bucket = self.get_bucket(bucket_name)
    version_id = named.get("version_id", more[0] if more else None)
    found = [each for each in bucket.keys.getlist(key_name, []) if _is(each, version_id)]
    success, meta = _STOCK_DELETE(self, bucket_name, key_name, *more, **named)
    left = bucket.keys.getlist(key_name, [])
    account_id = self.account_id
    if version_id is None and meta.get("delete-marker"):
        notifications.send_event(account_id, f"s3:{_REMOVED}DeleteMarkerCreated", bucket, left[-1])
    elif found and left and version_id is not None:
        notifications.send_event(account_id, f"s3:{_REMOVED}Delete", bucket, found[0])
    return success, meta


def _object_event(bucket: Moto, name: str, key: Moto) -> ObjectEvent:
    exists = name.startswith(_CREATED)
    is_versioned = bucket.is_versioned or isinstance(key, FakeDeleteMarker)
    return ObjectEvent(
        bucket=bucket.name,
        name=name,
        key=key.name,
        sequencer=f"{next(_SEQUENCE):018X}",
        size_bytes=key.size if exists else None,
        etag=key.etag.strip('"') if exists else None,
        version_id=str(key.version_id) if is_versioned else None,
    )


def _configured(configuration: Moto) -> Iterator[Moto]:
    if configuration is not None:
        for kind in (configuration.cloud_function, configuration.queue, configuration.topic):
            yield from kind


def _is(key: Moto, version_id: str | None) -> bool:
    return str(key.version_id) == str(version_id)


def _is_delivered(event_name: str) -> bool:
    return event_name.removeprefix("s3:").startswith((_CREATED, _REMOVED))
