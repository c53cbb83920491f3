"""Policy documents without ``Version``, as all of SAM's policy templates are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.policy_validation import BaseIAMPolicyValidator

from embedded_aws.moto_mends import iam_policy_version

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
    "Version": "2012-10-17",
}


def put_policy(iam: Any, role: str, **version: str) -> Any:
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
    document = {"Statement": [STATEMENT], **version}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(document))
    return iam.get_role_policy(RoleName=role, PolicyName="p")["PolicyDocument"]


def test_stock_moto_refuses_a_policy_without_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseIAMPolicyValidator, "_validate_version", iam_policy_version._STOCK)
    with mock_aws():
        iam = boto3.client(
            "iam", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        with pytest.raises(ClientError, match="must be version 2012-10-17"):
            put_policy(iam, "role")


def test_mended_a_policy_without_version_is_kept_as_it_is(client: Callable[[str], Any]) -> None:
    assert put_policy(client("iam"), "unversioned") == {"Statement": [STATEMENT]}


def test_mended_a_wrong_version_is_still_refused(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match="MalformedPolicyDocument"):
        put_policy(client("iam"), "wrong", Version="2024-01-01")
