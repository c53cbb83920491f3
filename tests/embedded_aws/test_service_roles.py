from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.service_principals import ServicePrincipal
from embedded_aws.service_roles import trusts

Make = Callable[..., Any]
LAMBDA = "lambda.amazonaws.com"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
ASSUMER = ServicePrincipal(LAMBDA, FUNCTION)


@pytest.fixture
def role_arn(client: Make, request: pytest.FixtureRequest) -> str:
    """A role with the test's parameter as the statements of its trust policy."""
    made = client("iam").create_role(
        RoleName=f"role-{abs(hash(request.node.name))}",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": request.param}),
    )
    return str(made["Role"]["Arn"])


def allow(principal: object, **changes: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **changes}


@pytest.mark.parametrize(
    "role_arn",
    [
        allow({"Service": LAMBDA}),
        [allow({"Service": LAMBDA})],
        [allow({"Service": ["states.amazonaws.com", LAMBDA]})],
        [allow({"AWS": "123456789012"}), allow({"Service": LAMBDA})],
        [allow({"Service": LAMBDA}, Action=["sts:TagSession", "sts:AssumeRole"])],
        [
            allow(
                {"Service": LAMBDA},
                Condition={
                    "StringEquals": {"aws:SourceAccount": "123456789012"},
                    "ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"},
                },
            )
        ],
    ],
    indirect=True,
)
def test_a_role_trusts_the_services_that_its_policy_allows(role_arn: str, client: Make) -> None:
    assert trusts(client("iam"), role_arn, ASSUMER)


@pytest.mark.parametrize(
    "role_arn",
    [
        [allow({"Service": "states.amazonaws.com"})],
        [allow({"AWS": "123456789012"})],
        [allow({"Service": LAMBDA}, Effect="Deny")],
        [allow({"Service": LAMBDA}, Action="sts:TagSession")],
        [allow({"Service": LAMBDA}, Condition={"StringEquals": {"aws:SourceAccount": "1"}})],
        [allow({"Service": LAMBDA}, Condition={"ArnEquals": {"aws:SourceArn": f"{FUNCTION}-2"}})],
    ],
    indirect=True,
)
def test_a_role_trusts_no_other_service(role_arn: str, client: Make) -> None:
    assert not trusts(client("iam"), role_arn, ASSUMER)


def test_a_role_that_does_not_exist_trusts_nobody(client: Make) -> None:
    assert not trusts(client("iam"), "arn:aws:iam::123456789012:role/none", ASSUMER)


@pytest.mark.parametrize("role_arn", [allow({"Service": LAMBDA})], indirect=True)
def test_a_role_of_that_name_on_another_path_is_another_role(role_arn: str, client: Make) -> None:
    name = role_arn.rsplit("/", 1)[-1]
    other = f"arn:aws:iam::123456789012:role/service-role/{name}"
    assert not trusts(client("iam"), other, ASSUMER)
