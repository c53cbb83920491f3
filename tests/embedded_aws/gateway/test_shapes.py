from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.model import ServiceModel, Shape

from embedded_aws.gateway.constraints import _compiled
from embedded_aws.gateway.protocol import service_model
from embedded_aws.gateway.shapes import problems
from embedded_aws.services import MOTO_SERVICES

NATIVE = {"cloudformation", "lambda", "sagemaker", "sagemaker-runtime", "scheduler"}
NATIVE |= {"stepfunctions"}

SHAPES = {
    "Night": {
        "type": "structure",
        "required": ["Name", "Token"],
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
            "Photo": {"shape": "Photo"},
            "Colours": {"shape": "Colours"},
            "Nights": {"shape": "Nights"},
            "Ways": {"shape": "Ways"},
            "Token": {"shape": "Token", "idempotencyToken": True},
        },
    },
    "Photo": {"type": "blob", "max": 3},
    "Colour": {"type": "string", "enum": ["RED"]},
    "Colours": {"type": "map", "key": {"shape": "Colour"}, "value": {"shape": "Retries"}},
    "Nights": {"type": "list", "member": {"shape": "Night"}},
    "Ways": {
        "type": "structure",
        "union": True,
        "members": {"Road": {"shape": "Token"}, "Rail": {"shape": "Token"}},
    },
    "Token": {"type": "string"},
    "Short": {"type": "string", "max": 2},
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
        {"Photo": b"123"},
        {"Name": "\N{LATIN SMALL LETTER A}" * 5},
        {"Colours": {"RED": 1}},
        {"Nights": [{"Name": "good"}]},
        {"Ways": {"Road": "a", "Rail": None}},
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
        ({"Steps": ["ab", "c"]}, "Steps: Member must satisfy constraint: [Member must have"),
        ({"Steps": ["ab", None]}, "Steps: Member must satisfy constraint: [Member must have"),
        ({"Labels": {"ab": "c"}}, "Labels: Map value must satisfy constraint: [Member must"),
        ({"Labels": {"ab": None}}, "Labels: Map value must satisfy constraint: [Member must"),
        ({"Labels": {"a1": "cd"}}, "Labels: Map keys must satisfy constraint: [Member must"),
        ({"Colours": {"PINK": 1}}, "Colours: Map keys must satisfy constraint: [Member must"),
        ({"Nights": [{}]}, "Nights.1.member.Name: Member must not be null"),
        ({"Nights": [None]}, "Nights.1.member: Member must not be null"),
        ({"Ways": {}}, "Ways: Member must set exactly one of: [Road, Rail]"),
        ({"Ways": {"Road": "a", "Rail": "b"}}, "Ways: Member must set exactly one of"),
        ({"Photo": b"1234"}, "Photo: Member must have length less than or equal to 3"),
        ({"Passed": "yes"}, "Passed: Member must be a boolean"),
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
    ("night", "phrase"),
    [
        ({"Name": None}, "Value null at 'Name' failed to satisfy constraint: Member must not be n"),
        ({"Name": "a"}, "Value 'a' at 'Name' failed to satisfy constraint: Member must have len"),
        ({"Steps": ["a", None]}, "Value '[a, null]' at 'Steps' failed to satisfy constraint: "),
        ({"Labels": {"a": "b"}}, "Value '{a=b}' at 'Labels' failed to satisfy constraint: Map "),
        ({"Photo": b"1234"}, "Value at 'Photo' failed to satisfy constraint: Member must have"),
    ],
)
def test_a_problem_is_said_as_aws_says_it(night: dict[str, Any], phrase: str) -> None:
    first = next(problems(NIGHT, {"Name": "good", **night}))
    assert str(first).startswith(phrase)


def test_length_is_counted_in_code_points() -> None:
    emoji = MODEL.shape_for("Short")
    assert list(problems(emoji, "\N{GRINNING FACE}" * 2)) == []


def test_every_pattern_of_the_served_services_compiles() -> None:
    for service in sorted(MOTO_SERVICES | NATIVE):
        model = service_model(service)
        for name in model.shape_names:
            pattern = model.shape_for(name).metadata.get("pattern")
            assert pattern is None or _compiled(pattern)
