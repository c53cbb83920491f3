"""What stock moto tells of buckets; that it is mended is shown in tests/embedded_aws/delivery."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto.s3 import notifications
from moto.s3.models import S3Backend

from embedded_aws.moto_mends import s3_notifications

ACCOUNT = "123456789012"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:never-made"


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(notifications, "send_test_event", s3_notifications._STOCK_TEST)
    made = S3Backend("aws", ACCOUNT)
    made.create_bucket("stock-bucket", "us-east-1")
    yield made
    made.reset()


def test_stock_moto_keeps_destinations_that_cannot_be_reached(backend: Any) -> None:
    bucket = backend.get_bucket("stock-bucket")
    configuration = {"QueueConfiguration": [{"Queue": QUEUE, "Event": ["s3:ObjectCreated:*"]}]}

    s3_notifications._STOCK_CONFIGURE(bucket, configuration)

    assert bucket.notification_configuration.queue[0].arn == QUEUE


def test_stock_moto_says_nothing_of_delete_markers(
    backend: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(notifications, "send_event", lambda *event: sent.append(event))
    backend.put_bucket_versioning("stock-bucket", "Enabled")
    backend.put_object("stock-bucket", "k", b"1")
    sent.clear()

    s3_notifications._STOCK_DELETE(backend, "stock-bucket", "k")

    assert sent == []
