"""What a bucket's block on public access refuses, and what it lets through."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[[str], Any]
EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}


@pytest.fixture
def bucket(client: Make) -> str:
    s3, name = client("s3"), f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    return name


def block(client: Make, bucket: str, **blocks: bool) -> None:
    client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocks)


def put_policy(client: Make, bucket: str, **changes: Any) -> None:
    statement = {**EVERYBODY, "Resource": f"arn:aws:s3:::{bucket}/*", **changes}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def test_a_public_policy_is_refused_where_policies_are_blocked(client: Make, bucket: str) -> None:
    put_policy(client, bucket)
    block(client, bucket, BlockPublicPolicy=True)
    with pytest.raises(ClientError, match="BlockPublicPolicy") as refused:
        put_policy(client, bucket)
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_a_policy_that_is_not_public_is_put_all_the_same(client: Make, bucket: str) -> None:
    block(client, bucket, BlockPublicPolicy=True)
    put_policy(client, bucket, Effect="Deny")
    put_policy(client, bucket, Principal={"AWS": "arn:aws:iam::123456789012:root"})
    put_policy(client, bucket, Condition={"StringEquals": {"aws:SourceAccount": "123456789012"}})


def test_a_public_acl_is_refused_where_acls_are_blocked(client: Make, bucket: str) -> None:
    s3 = client("s3")
    s3.put_object(Bucket=bucket, Key="k", ACL="public-read")
    block(client, bucket, BlockPublicAcls=True)
    with pytest.raises(ClientError, match="BlockPublicAcls"):
        s3.put_object(Bucket=bucket, Key="k", ACL="public-read")
    with pytest.raises(ClientError, match="BlockPublicAcls"):
        s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    s3.put_object(Bucket=bucket, Key="k", ACL="private")
