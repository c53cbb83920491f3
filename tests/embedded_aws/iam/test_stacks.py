"""CloudFormation makes resources in its caller's name, or in its service role's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.instance import Instance
from tests.embedded_aws.iam.statements import Statement, allow, trusting

Make = Callable[..., Any]
TEMPLATE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
QUEUES = allow("sqs:*")
STACKS = allow("cloudformation:*")


@pytest.fixture
def status(aws: Instance, signed: Make, client: Make) -> Callable[..., str]:
    def create(name: str, keys: dict[str, Any], **given: Any) -> str:
        cloudformation = signed("cloudformation", keys)
        cloudformation.create_stack(
            StackName=name, TemplateBody=TEMPLATE, OnFailure="DO_NOTHING", **given
        )
        aws.clock.advance_to(aws.clock.now())
        return str(
            client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        )

    return create


@pytest.mark.parametrize(
    ("name", "statements", "expected"),
    [
        ("without-queues", [STACKS], "CREATE_FAILED"),
        ("with-queues", [STACKS, QUEUES], "CREATE_COMPLETE"),
    ],
)
def test_without_a_role_it_acts_with_its_callers_permissions(
    status: Make, user: Make, name: str, statements: list[Statement], expected: str
) -> None:
    assert status(name, user(*statements)) == expected


def test_with_a_role_it_acts_with_the_roles(status: Make, user: Make, role: Make) -> None:
    role_arn = role(QUEUES, trust=trusting({"Service": "cloudformation.amazonaws.com"}))
    passing = allow("iam:PassRole", resource=role_arn)
    assert status("under-a-role", user(STACKS, passing), RoleARN=role_arn) == "CREATE_COMPLETE"
