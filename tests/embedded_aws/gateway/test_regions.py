from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from embedded_aws.gateway.regions import check_region
from embedded_aws.gateway.service import ServiceError
from embedded_aws.instance import Instance

Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("service", "operation", "signed_for"),
    [
        ("sagemaker", "ListModels", "eu-west-1"),
        ("iam", "ListRoles", "us-east-1"),
        ("sts", "GetCallerIdentity", "us-east-1"),
        ("iam", "ListRoles", "eu-west-1"),
        ("s3", "ListBuckets", "ap-south-1"),
        ("s3", "GetObject", ""),
    ],
)
def test_an_instance_takes_its_own_region_and_what_is_global(
    service: str, operation: str, signed_for: str
) -> None:
    check_region(service, operation, signed_for, "eu-west-1")


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sagemaker", "ListModels", "InvalidRegion"),
        ("sqs", "ListQueues", "InvalidRegion"),
        ("sts", "GetCallerIdentity", "InvalidRegion"),
        ("s3", "CreateBucket", "InvalidRegion"),
        ("s3", "GetObject", "AuthorizationHeaderMalformed"),
    ],
)
def test_any_other_region_is_refused(service: str, operation: str, code: str) -> None:
    with pytest.raises(ServiceError) as refused:
        check_region(service, operation, "ap-south-1", "eu-west-1")
    assert refused.value.code == code


def test_moto_is_not_asked_for_another_region(json_call: Call) -> None:
    assert json_call("sqs", "ListQueues", {}, scope="eu-west-1/sqs").code == "InvalidRegion"


def test_boto3_follows_s3_to_the_right_region(aws: Instance, client: Call) -> None:
    client("s3").create_bucket(Bucket="elsewhere")
    astray = boto3.client(
        "s3",
        endpoint_url=aws.url,
        region_name="eu-west-1",
        aws_access_key_id="AKIDUSER",
        aws_secret_access_key="unused",
    )
    assert astray.list_objects_v2(Bucket="elsewhere")["KeyCount"] == 0


def test_the_host_may_name_the_bucket(client: Call, s3_call: Call) -> None:
    """As clients of ``http://localhost`` send it."""
    client("s3").create_bucket(Bucket="in-the-host")
    client("s3").put_object(Bucket="in-the-host", Key="a/b", Body=b"content")
    for host in ("in-the-host.localhost", "in-the-host.s3.localhost:8000"):
        assert s3_call("GET", "/a/b", Host=host).body == b"content"
