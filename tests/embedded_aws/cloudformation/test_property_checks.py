"""Resource properties against real provider schemas."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation import schemas
from embedded_aws.cloudformation.intrinsics import UNKNOWN
from embedded_aws.cloudformation.property_checks import violations


def wrong_with(resource_type: str, **properties: Any) -> str:
    schema = schemas.load(resource_type)
    assert schema is not None
    return "\n".join(violations(schema, properties))


@pytest.mark.parametrize(
    ("resource_type", "properties", "complaint"),
    [
        ("AWS::SQS::Queue", {"Colour": "red"}, "#: extraneous key [Colour] is not permitted"),
        ("AWS::SQS::Queue", {"VisibilityTimeout": "soon"}, "#/VisibilityTimeout: 'soon' is not"),
        ("AWS::SQS::Queue", {"Arn": "arn"}, "[Arn] is read-only"),
        ("AWS::IAM::Role", {"Path": "/"}, "'AssumeRolePolicyDocument' is a required property"),
        ("AWS::Lambda::Permission", {"FunctionName": ""}, "#/FunctionName: '' does not match"),
        (
            "AWS::Scheduler::Schedule",
            {
                "ScheduleExpression": "rate(1 day)",
                "FlexibleTimeWindow": {"Mode": "MAYBE"},
                "Target": {"Arn": "a", "RoleArn": "b"},
            },
            "#/FlexibleTimeWindow/Mode: 'MAYBE' is not one of",
        ),
        (
            "AWS::Lambda::Function",
            {
                "Code": {"ZipFile": "x"},
                "Role": "arn:aws:iam::123456789012:role/r",
                "Environment": {"Variables": {"A": "one letter"}},
            },
            "#/Environment/Variables: extraneous key [A] is not permitted",
        ),
        ("AWS::SNS::Topic", {"Tags": [{"Key": "k"}]}, "#/Tags/0: 'Value' is a required property"),
    ],
)
def test_what_breaks_the_schema_is_named(
    resource_type: str, properties: dict[str, Any], complaint: str
) -> None:
    assert complaint in wrong_with(resource_type, **properties)


def test_what_fits_passes() -> None:
    assert wrong_with("AWS::SQS::Queue", VisibilityTimeout=60, Tags=[]) == ""


def test_unknown_values_are_taken_to_be_right() -> None:
    assert wrong_with("AWS::SQS::Queue", VisibilityTimeout=UNKNOWN) == ""


def test_a_wrong_name_beside_an_unknown_value_is_found_all_the_same() -> None:
    assert "[Colour]" in wrong_with("AWS::SQS::Queue", VisibilityTimeout=UNKNOWN, Colour=1)
