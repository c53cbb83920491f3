"""ListObjectVersions from a KeyMarker on, as the S3 API reference has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.s3.models import S3Backend

from embedded_aws.moto_mends import s3_key_marker

KEYS = ["a/1", "a/2", "a/3"]


def listed(s3: Any, marker: str, **more: Any) -> list[str]:
    answer = s3.list_object_versions(Bucket="marked", KeyMarker=marker, **more)
    return [version["Key"] for version in answer.get("Versions", [])]


def fill(s3: Any) -> None:
    s3.create_bucket(Bucket="marked")
    for key in KEYS:
        s3.put_object(Bucket="marked", Key=key, Body=b"x")


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(S3Backend, "list_object_versions", s3_key_marker._STOCK)


@pytest.mark.usefixtures("stock")
def test_stock_moto_drops_the_first_key_after_a_marker_that_is_no_key() -> None:
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        fill(s3)
        assert listed(s3, "a/1-") == ["a/3"]


def test_mended_it_lists_every_key_after_the_marker(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    fill(s3)
    assert listed(s3, "a/1-") == ["a/2", "a/3"]
    assert listed(s3, "a/1") == ["a/2", "a/3"]
    assert listed(s3, "a/3") == []
    assert listed(s3, "a/0", MaxKeys=2) == ["a/1", "a/2"]
