"""How services reach each other, whatever the user's shell says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clients import ClientFactory
from embedded_aws.instance import Instance
from embedded_aws.service_principals import ServicePrincipal

LAMBDA = "lambda.amazonaws.com"
STATES = ServicePrincipal("states.amazonaws.com")


@pytest.fixture
def clients(aws: Instance) -> ClientFactory:
    return aws.environment.clients


@pytest.fixture
def role(client: Callable[[str], Any], request: pytest.FixtureRequest) -> str:
    """A role that Step Functions and Lambda may assume; its name is the test's."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": [STATES.name, LAMBDA]},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": statement})
    name = str(request.node.name)[:64]
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def test_a_profile_of_the_users_shell_does_not_reach_in(
    aws: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    factory = ClientFactory(aws.url, aws.environment.settings.region, aws.clock)
    assert factory.as_service("sts").get_caller_identity()["Account"] == "123456789012"


def test_a_session_is_kept_until_ten_minutes_before_its_end(
    aws: Instance, clients: ClientFactory, role: str
) -> None:
    first = clients.role_credentials(role, "night", STATES)
    aws.clock.advance_to(first.expires_at - timedelta(minutes=11))
    assert clients.role_credentials(role, "night", STATES) == first
    aws.clock.advance_to(first.expires_at - timedelta(minutes=9))
    renewed = clients.role_credentials(role, "night", STATES)
    assert renewed.expires_at > first.expires_at


def test_a_service_that_the_role_does_not_trust_is_refused(
    clients: ClientFactory, role: str
) -> None:
    with pytest.raises(ClientError, match="because no role trust policy allows"):
        clients.role_credentials(role, "night", ServicePrincipal("sagemaker.amazonaws.com"))


def test_a_role_that_is_gone_is_assumed_no_more(
    client: Callable[[str], Any], clients: ClientFactory, role: str
) -> None:
    clients.role_credentials(role, "night", STATES)
    client("iam").delete_role(RoleName=role.rpartition("/")[2])
    with pytest.raises(ClientError, match="AccessDenied"):
        clients.role_credentials(role, "night", STATES)


def test_keys_of_an_execution_environment_last_as_long_as_it_is_kept(
    aws: Instance, clients: ClientFactory, role: str
) -> None:
    function = ServicePrincipal(LAMBDA, "arn:aws:lambda:us-east-1:123456789012:function:f")
    kept = clients.role_credentials(role, "function", function)
    aws.clock.advance_to(aws.clock.now() + timedelta(days=14))
    assert clients.role_credentials(role, "function", function) == kept
    arn = clients.as_role("sts", role, "function", function).get_caller_identity()["Arn"]
    assert arn.endswith("/function")


def test_one_client_serves_one_caller(
    clients: ClientFactory,
) -> None:
    first = clients.as_caller("sts", "key")
    assert clients.as_caller("sts", "key") is first
