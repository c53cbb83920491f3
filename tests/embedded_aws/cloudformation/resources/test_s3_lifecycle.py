"""Lifecycle rules in the words of the S3 API."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.resources.s3_lifecycle import lifecycle_rules

TAG = {"Key": "k", "Value": "v"}


@pytest.mark.parametrize(
    ("members", "translated"),
    [
        ({"ExpirationInDays": 3}, {"Filter": {"Prefix": ""}, "Expiration": {"Days": 3}}),
        ({"Prefix": "a/", "Id": "i"}, {"Filter": {"Prefix": "a/"}, "ID": "i"}),
        ({"TagFilters": [TAG]}, {"Filter": {"Tag": TAG}}),
        (
            {"Prefix": "a/", "TagFilters": [TAG], "ObjectSizeGreaterThan": "5"},
            {"Filter": {"And": {"Prefix": "a/", "ObjectSizeGreaterThan": "5", "Tags": [TAG]}}},
        ),
        (
            {"NoncurrentVersionExpirationInDays": 4},
            {"Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 4}},
        ),
        (
            {"Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 9}]},
            {
                "Filter": {"Prefix": ""},
                "Transitions": [{"StorageClass": "GLACIER", "Days": 9}],
            },
        ),
        (
            {"NoncurrentVersionTransitions": [{"StorageClass": "G", "TransitionInDays": 9}]},
            {
                "Filter": {"Prefix": ""},
                "NoncurrentVersionTransitions": [{"StorageClass": "G", "NoncurrentDays": 9}],
            },
        ),
    ],
)
def test_a_rule_is_translated(members: dict[str, Any], translated: dict[str, Any]) -> None:
    rules = lifecycle_rules({"Rules": [{"Status": "Enabled", **members}]})
    assert rules == {"Rules": [{"Status": "Enabled", **translated}]}


def test_other_members_of_the_configuration_are_refused() -> None:
    with pytest.raises(ResourceFailure, match="TransitionDefaultMinimumObjectSize"):
        lifecycle_rules({"Rules": [], "TransitionDefaultMinimumObjectSize": "x"})
