from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import ServiceModel, Shape

from embedded_aws.gateway.shapes import misfits, problems

SHAPES = {
    "Night": {
        "type": "structure",
        "required": ["Name"],
        "members": {
            "Name": {"shape": "Name"},
            "Steps": {"shape": "Steps"},
            "Labels": {"shape": "Labels"},
            "Auc": {"shape": "Auc"},
            "Retries": {"shape": "Retries"},
            "Passed": {"shape": "Passed"},
            "State": {"shape": "State"},
            "StartedAt": {"shape": "StartedAt"},
            "Anything": {"shape": "Anything"},
        },
    },
    "Name": {"type": "string", "min": 2, "max": 5, "pattern": "[a-z]+"},
    "Steps": {"type": "list", "member": {"shape": "Name"}, "min": 1, "max": 2},
    "Labels": {"type": "map", "key": {"shape": "Name"}, "value": {"shape": "Name"}, "max": 1},
    "Auc": {"type": "double", "min": 0, "max": 1},
    "Retries": {"type": "integer"},
    "Passed": {"type": "boolean"},
    "State": {"type": "string", "enum": ["NEW", "DONE"]},
    "StartedAt": {"type": "timestamp"},
    "Anything": {"type": "structure", "members": {}, "document": True},
}
MODEL = ServiceModel({"metadata": {"protocol": "json"}, "operations": {}, "shapes": SHAPES})
NIGHT: Shape = MODEL.shape_for("Night")


def complaints(**night: Any) -> list[str]:
    return [f"{p.path}: {p.what}" for p in problems(NIGHT, {"Name": "good", **night})]


@pytest.mark.parametrize(
    "night",
    [
        {},
        {"Steps": ["ab", "cd"]},
        {"Labels": {"ab": "cd"}},
        {"Auc": 1},
        {"Auc": 0.94},
        {"State": "DONE"},
        {"StartedAt": datetime(2026, 11, 1, tzinfo=UTC)},
        {"Anything": {"nested": [1, None, {"a": "b"}]}},
        {"Steps": None},
    ],
)
def test_what_fits_has_no_problems(night: dict[str, Any]) -> None:
    assert complaints(**night) == []


@pytest.mark.parametrize(
    ("night", "complaint"),
    [
        ({"Name": None}, "Name: Member must not be null"),
        ({"Colour": 1}, "Colour: Member is unknown to Night"),
        ({"Name": "a"}, "Name: Member must have length greater than or equal to 2"),
        ({"Name": "abcdef"}, "Name: Member must have length less than or equal to 5"),
        ({"Name": "ab1"}, "Name: Member must satisfy regular expression pattern: [a-z]+"),
        ({"Steps": []}, "Steps: Member must have length greater than or equal to 1"),
        ({"Steps": ["ab", "c"]}, "Steps.2.member: Member must have length greater than or"),
        ({"Labels": {"ab": "c"}}, "Labels.ab: Member must have length greater than or"),
        ({"Labels": {"a1": "cd"}}, "Labels.a1: Member must satisfy regular expression"),
        ({"Auc": 1.5}, "Auc: Member must have value less than or equal to 1"),
        ({"Auc": True}, "Auc: Member must be a double"),
        ({"State": "OLD"}, "State: Member must satisfy enum value set: [NEW, DONE]"),
        ({"StartedAt": "today"}, "StartedAt: Member must be a timestamp"),
    ],
)
def test_a_broken_constraint_is_named_with_its_path(night: dict[str, Any], complaint: str) -> None:
    (found,) = complaints(**night)
    assert found.startswith(complaint)


def test_a_pattern_must_match_as_a_whole() -> None:
    """Although SageMaker's own patterns are not anchored."""
    assert complaints(Name="ab-cd") == [
        "Name: Member must satisfy regular expression pattern: [a-z]+"
    ]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ([], "$"),
        ({"Name": 1}, "Name"),
        ({"Steps": "ab"}, "Steps"),
        ({"Steps": ["ab", 1]}, "Steps.2.member"),
        ({"Labels": {"ab": {}}}, "Labels.ab"),
        ({"Retries": 1.5}, "Retries"),
        ({"Retries": True}, "Retries"),
        ({"Passed": 1}, "Passed"),
        ({"Anything": {"a": 1}, "Colour": 1}, "Colour"),
    ],
)
def test_a_raw_value_of_the_wrong_type_is_named_with_its_path(value: object, path: str) -> None:
    assert [problem.path for problem in misfits(NIGHT, value)] == [path]


def test_a_raw_value_that_fits_has_no_misfits() -> None:
    value = {
        "Name": "ab",
        "Auc": 1,
        "Retries": 2,
        "Passed": False,
        "StartedAt": 1_793_491_200.5,
        "Steps": ["ab"],
        "Labels": None,
    }
    assert list(misfits(NIGHT, value)) == []
