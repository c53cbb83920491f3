"""Object Lock on a bucket that is in use already, and what it protects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.s3.models import S3Backend

from embedded_aws.moto_mends import s3_object_lock

LOCK = {
    "ObjectLockMode": "GOVERNANCE",
    "ObjectLockRetainUntilDate": datetime(2099, 1, 1, tzinfo=UTC),
}


def fill(s3: Any) -> None:
    s3.create_bucket(Bucket="locked")
    s3.put_bucket_versioning(Bucket="locked", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="locked", Key="earlier", Body=b"x")


def turn_on(s3: Any) -> None:
    enabled = {"ObjectLockEnabled": "Enabled"}
    s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration=enabled)


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(S3Backend, "put_object_lock_configuration", s3_object_lock._STOCK)


@pytest.mark.usefixtures("stock")
def test_stock_moto_refuses_a_bucket_in_use() -> None:
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        fill(s3)
        with pytest.raises(ClientError, match="Bucket needs to be empty"):
            turn_on(s3)


def test_mended_it_locks_what_asks_for_it_from_then_on(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    fill(s3)
    with pytest.raises(ClientError, match="missing ObjectLockConfiguration"):
        s3.put_object(Bucket="locked", Key="later", Body=b"x", **LOCK)
    turn_on(s3)
    version = s3.put_object(Bucket="locked", Key="later", Body=b"x", **LOCK)["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="locked", Key="later", VersionId=version)
    s3.delete_object(
        Bucket="locked", Key="later", VersionId=version, BypassGovernanceRetention=True
    )
    earlier = s3.head_object(Bucket="locked", Key="earlier")
    assert "ObjectLockMode" not in earlier
    s3.delete_object(Bucket="locked", Key="earlier", VersionId=earlier["VersionId"])
