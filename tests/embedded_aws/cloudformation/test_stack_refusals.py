"""Requests for stacks that are refused, before or while something is made."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.cloudformation.sample_resources import (
    BROKEN,
    QUEUE,
    queue,
)


def test_a_name_can_be_taken_once(stacks: Any) -> None:
    stacks.create("unique", {"Q": QUEUE})
    with pytest.raises(ClientError, match=r"Stack \[unique\] already exists"):
        stacks.create("unique", {"Q": QUEUE})


@pytest.mark.parametrize("name", ["1st", "under_score", "a" * 129])
def test_an_illegal_name_is_refused(stacks: Any, name: str) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        stacks.create(name, {"Q": QUEUE})


@pytest.mark.parametrize(
    ("resources", "complaint"),
    [
        ({"A": {"Type": "AWS::SQS::Cue"}}, "Unrecognized resource types: [AWS::SQS::Cue]"),
        ({"A": {"Type": "AWS::EC2::VPC"}}, "does not support resource type AWS::EC2::VPC"),
        (
            {"A": {"Type": "AWS::S3::Bucket", "Properties": {"WebsiteConfiguration": {}}}},
            "does not support property WebsiteConfiguration of AWS::S3::Bucket (A)",
        ),
        (
            {"A": QUEUE, "B": queue(QueueName={"Fn::GetAtt": ["A", "Length"]})},
            "does not support attribute Length of AWS::SQS::Queue",
        ),
        ({"A": queue(QueueName={"Ref": "X"})}, "Unresolved resource dependencies [X]"),
    ],
)
def test_what_is_not_supported_is_refused_before_anything_is_made(
    stacks: Any, resources: Any, complaint: str
) -> None:
    with pytest.raises(ClientError) as refused:
        stacks.create("refused", resources)
    assert complaint in str(refused.value)
    with pytest.raises(ClientError, match="does not exist"):
        stacks.described("refused")


def test_properties_that_break_the_schema_fail_the_resource(stacks: Any) -> None:
    stack = stacks.create("misfit", {"Q": queue(VisibilityTimeout="soon")})
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Properties validation failed for resource Q" in stacks.failures("misfit")


def test_iam_resources_must_be_acknowledged(stacks: Any) -> None:
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        stacks.create("unacknowledged", {"B": BROKEN}, Capabilities=[])


def test_request_parameters_that_are_not_supported_are_refused(stacks: Any) -> None:
    with pytest.raises(ClientError, match=r"does not support the parameters \['NotificationARNs'"):
        stacks.create("noisy", {"Q": QUEUE}, NotificationARNs=["arn:aws:sns:us-east-1:1:t"])


def test_a_template_too_long_for_a_request_is_refused(stacks: Any) -> None:
    with pytest.raises(ClientError, match="less than or equal to 51200"):
        stacks.cloudformation.create_stack(StackName="long", TemplateBody="#" * 51_201)
