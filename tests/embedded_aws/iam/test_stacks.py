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


def test_what_its_caller_may_not_do_is_told_in_the_events(
    status: Make, user: Make, client: Make
) -> None:
    status("told", user(STACKS))
    events = client("cloudformation").describe_stack_events(StackName="told")["StackEvents"]
    (reason,) = (
        event["ResourceStatusReason"]
        for event in events
        if event["ResourceStatus"] == "CREATE_FAILED" and event["LogicalResourceId"] == "Q"
    )
    assert "is not authorized to perform: sqs:CreateQueue on resource: " in reason
    assert "because no identity-based policy allows the sqs:CreateQueue action" in reason


def test_each_operation_acts_with_the_permissions_of_its_own_caller(
    status: Make, user: Make, signed: Make, client: Make
) -> None:
    """Not with those of the stack's first caller, whose key may be gone."""
    maker = user(STACKS, QUEUES)
    status("handed-on", maker)
    client("iam").delete_access_key(UserName=maker["UserName"], AccessKeyId=maker["AccessKeyId"])
    cloudformation = client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName="handed-on")["Stacks"]
    seen = []
    for statements in ([STACKS], [STACKS, QUEUES]):
        signed("cloudformation", user(*statements)).delete_stack(StackName="handed-on")
        found = cloudformation.describe_stacks(StackName=stack["StackId"])["Stacks"]
        seen.append(found[0]["StackStatus"])
    assert seen == ["DELETE_FAILED", "DELETE_COMPLETE"]


def test_with_a_role_it_acts_with_the_roles(status: Make, user: Make, role: Make) -> None:
    role_arn = role(QUEUES, trust=trusting({"Service": "cloudformation.amazonaws.com"}))
    passing = allow("iam:PassRole", resource=role_arn)
    assert status("under-a-role", user(STACKS, passing), RoleARN=role_arn) == "CREATE_COMPLETE"


def test_with_a_role_its_callers_own_permissions_do_not_count(
    status: Make, user: Make, role: Make
) -> None:
    role_arn = role(STACKS, trust=trusting({"Service": "cloudformation.amazonaws.com"}))
    passing = allow("iam:PassRole", resource=role_arn)
    keys = user(STACKS, QUEUES, passing)
    assert status("under-a-poor-role", keys, RoleARN=role_arn) == "CREATE_FAILED"
