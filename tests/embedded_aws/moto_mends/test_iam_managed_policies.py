"""AWS's managed policies, which every account has from the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.models import IAMBackend

from embedded_aws.moto_mends import iam_managed_policies

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def test_stock_moto_has_no_managed_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IAMBackend, "_init_aws_policies", iam_managed_policies._STOCK)
    with mock_aws():
        iam = boto3.client(
            "iam", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        with pytest.raises(ClientError, match="NoSuchEntity"):
            iam.get_policy(PolicyArn=BASIC)


def test_mended_the_managed_policies_are_there(client: Callable[[str], Any]) -> None:
    found = client("iam").get_policy(PolicyArn=BASIC)["Policy"]
    assert found["PolicyName"] == "AWSLambdaBasicExecutionRole"
