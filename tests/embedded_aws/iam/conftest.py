"""Users and roles of the account, and clients that sign with their keys."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded_aws.instance import Instance
from tests.embedded_aws.iam.statements import Statement, document, trusting


@pytest.fixture(scope="module")
def signed(aws: Instance) -> Callable[..., Any]:
    """Make clients that sign with given keys."""

    def make(service: str, keys: dict[str, Any]) -> Any:
        return boto3.client(
            service,
            endpoint_url=aws.url,
            region_name=aws.environment.settings.region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )

    return make


@pytest.fixture(scope="module")
def user(client: Callable[[str], Any]) -> Callable[..., dict[str, Any]]:
    """Make users with the given statements in an inline policy; hand out their keys."""

    def make(*statements: Statement) -> dict[str, Any]:
        iam, name = client("iam"), f"user-{uuid.uuid4().hex[:8]}"
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(
                UserName=name, PolicyName="inline", PolicyDocument=document(*statements)
            )
        key: dict[str, Any] = iam.create_access_key(UserName=name)["AccessKey"]
        return key

    return make


@pytest.fixture(scope="module")
def role(client: Callable[[str], Any]) -> Callable[..., str]:
    """Make roles that anybody in the account may assume, with statements in an inline policy."""

    def make(*statements: Statement, trust: str = trusting({"AWS": "*"}), **settings: Any) -> str:
        iam, name = client("iam"), f"role-{uuid.uuid4().hex[:8]}"
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **settings)
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="inline", PolicyDocument=document(*statements)
            )
        return str(made["Role"]["Arn"])

    return make


@pytest.fixture(scope="module")
def session(
    signed: Callable[..., Any], user: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    """Assume roles as a user of no permissions, whom their trust policies let in."""
    nobody = user()

    def assume(role_arn: str, **parameters: Any) -> dict[str, Any]:
        sts = signed("sts", nobody)
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="night", **parameters)
        credentials: dict[str, Any] = answer["Credentials"]
        return credentials

    return assume
