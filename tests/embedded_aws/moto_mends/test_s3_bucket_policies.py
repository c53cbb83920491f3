"""Bucket policies with conditions, such as the one that demands TLS."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.s3.models import FakeBucket

from embedded_aws.moto_mends import s3_bucket_policies


def guarded_bucket(s3: Any, name: str, **narrowed: Any) -> str:
    """A bucket whose policy denies everything, as far as ``narrowed`` lets it."""
    s3.create_bucket(Bucket=name)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        **narrowed,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    return name


BY_ADDRESS = {"Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
TLS_ONLY = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.fixture
def stock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeBucket, "get_permission", s3_bucket_policies._STOCK)


@pytest.mark.usefixtures("stock")
def test_stock_moto_locks_a_tls_only_bucket() -> None:
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        bucket = guarded_bucket(s3, "tls-only", **TLS_ONLY)
        with pytest.raises(ClientError, match="403"):
            s3.put_object(Bucket=bucket, Key="k", Body=b"x")


@pytest.mark.usefixtures("stock")
def test_stock_moto_takes_a_condition_that_it_cannot_evaluate() -> None:
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        bucket = guarded_bucket(s3, "by-address", **BY_ADDRESS)
        assert "aws:SourceIp" in s3.get_bucket_policy(Bucket=bucket)["Policy"]


def test_mended_a_tls_only_bucket_takes_objects(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    bucket = guarded_bucket(s3, "tls-only", **TLS_ONLY)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_mended_a_denial_without_condition_still_denies(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    bucket = guarded_bucket(s3, "closed")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")


def test_mended_a_policy_may_hold_a_single_statement(client: Callable[[str], Any]) -> None:
    """``Statement`` may be an object instead of a list."""
    s3 = client("s3")
    bucket = guarded_bucket(s3, "single")
    statement = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"][0]
    policy = {"Version": "2012-10-17", "Statement": {**statement, **TLS_ONLY}}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")


def test_mended_sams_own_bucket_policy_works(client: Callable[[str], Any]) -> None:
    """The bucket of ``sam deploy`` lets the application repository read, for this account."""
    s3 = client("s3")
    bucket = guarded_bucket(
        s3,
        "sam-managed",
        Effect="Allow",
        Principal={"Service": "serverlessrepo.amazonaws.com"},
        Action=["s3:GetObject"],
        Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}},
    )
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}, False),
        ({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}, True),
    ],
)
def test_mended_conditions_are_really_evaluated(
    condition: dict[str, Any], client: Callable[[str], Any], *, denied: bool
) -> None:
    s3 = client("s3")
    bucket = guarded_bucket(s3, f"conditions-{uuid.uuid4()}", Condition=condition)
    if denied:
        with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
            s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    else:
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")


def test_mended_anybody_reads_what_the_policy_opens_and_no_public_access_block_closes(
    client: Callable[[str], Any],
) -> None:
    s3, anybody = client("s3"), client("s3")
    anybody.meta.events.register("choose-signer.s3", lambda **_: UNSIGNED)
    bucket = guarded_bucket(s3, "open", Effect="Allow", Action="s3:GetObject")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert anybody.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        anybody.get_object(Bucket=bucket, Key="k")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_mended_a_policy_that_is_not_json_is_malformed(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="malformed")
    with pytest.raises(ClientError, match="MalformedPolicy"):
        s3.put_bucket_policy(Bucket="malformed", Policy="{")
