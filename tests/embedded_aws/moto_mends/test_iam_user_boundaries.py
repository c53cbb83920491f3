"""Users whose permissions boundary limits them from the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.responses import IamResponse

from embedded_aws.instance import Instance
from embedded_aws.moto_mends import iam_user_boundaries

DOCUMENT = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "%s", "Resource": "*"}]}'
)


def bounded(iam: Any, name: str) -> tuple[str, Any]:
    """A user who may do everything within a boundary of SQS, and that boundary."""
    made = iam.create_policy(PolicyName=f"{name}-boundary", PolicyDocument=DOCUMENT % "sqs:*")
    boundary = str(made["Policy"]["Arn"])
    iam.create_user(UserName=name, PermissionsBoundary=boundary)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=DOCUMENT % "*")
    return boundary, iam.get_user(UserName=name)["User"]


def test_stock_moto_drops_a_users_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IamResponse, "create_user", iam_user_boundaries._STOCK)
    with mock_aws():
        iam = boto3.client(
            "iam", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        assert "PermissionsBoundary" not in bounded(iam, "ann")[1]


def test_mended_a_user_keeps_the_boundary_and_is_limited_by_it(
    aws: Instance, client: Callable[[str], Any]
) -> None:
    iam = client("iam")
    boundary, found = bounded(iam, "ann")
    assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    key = iam.create_access_key(UserName="ann")["AccessKey"]

    def hers(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=aws.url,
            region_name="us-east-1",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    hers("sqs").list_queues()
    with pytest.raises(ClientError, match="because no permissions boundary allows"):
        hers("sns").list_topics()


def test_mended_a_boundary_must_exist(client: Callable[[str], Any]) -> None:
    none = "arn:aws:iam::123456789012:policy/none"
    with pytest.raises(ClientError, match="NoSuchEntity"):
        client("iam").create_user(UserName="eve", PermissionsBoundary=none)
