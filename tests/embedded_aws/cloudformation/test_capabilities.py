"""Acknowledgements that templates with IAM resources need."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.capabilities import required_capabilities

ROLE = {"Type": "AWS::IAM::Role"}
NAMED = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}
POLICY = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": "p"}}
QUEUE = {"Type": "AWS::SQS::Queue"}


@pytest.mark.parametrize(
    ("resources", "needed"),
    [
        ([QUEUE], ()),
        ([QUEUE, ROLE], ("CAPABILITY_IAM",)),
        ([POLICY], ("CAPABILITY_IAM",)),
        ([ROLE, NAMED], ("CAPABILITY_NAMED_IAM",)),
    ],
)
def test_iam_resources_need_acknowledgement(resources: list[Any], needed: tuple[str]) -> None:
    document = {"Resources": {str(index): body for index, body in enumerate(resources)}}
    assert required_capabilities(document).capabilities == needed


@pytest.mark.parametrize(
    ("body", "given", "missing"),
    [
        (ROLE, ["CAPABILITY_NAMED_IAM"], ()),
        (ROLE, ["CAPABILITY_AUTO_EXPAND"], ("CAPABILITY_IAM",)),
        (NAMED, ["CAPABILITY_IAM"], ("CAPABILITY_NAMED_IAM",)),
    ],
)
def test_the_named_capability_covers_the_plain_one(
    body: Any, given: list[str], missing: tuple[str]
) -> None:
    assert required_capabilities({"Resources": {"R": body}}).missing(given) == missing
