"""Scalars in the types that provider schemas ask for."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.coercion import coerce
from embedded_aws.cloudformation.intrinsics import UNKNOWN
from embedded_aws.cloudformation.schemas import ResourceSchema

SCHEMA = ResourceSchema(
    "Test",
    {
        "definitions": {"Inner": {"type": "object", "properties": {"Flag": {"type": "boolean"}}}},
        "properties": {
            "Text": {"type": "string"},
            "Whole": {"type": "integer"},
            "Real": {"type": "number"},
            "Flag": {"type": "boolean"},
            "List": {"type": "array", "items": {"type": "integer"}},
            "Inner": {"$ref": "#/definitions/Inner"},
            "Either": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
            "Map": {"type": "object", "patternProperties": {"^.+$": {"type": "string"}}},
            "Rest": {"type": "object", "additionalProperties": {"type": "integer"}},
            "Document": {"type": ["object", "string"]},
        },
    },
)


@pytest.mark.parametrize(
    ("name", "value", "coerced"),
    [
        ("Text", 5, "5"),
        ("Text", True, "true"),
        ("Whole", "5", 5),
        ("Whole", "5.5", "5.5"),
        ("Real", "0.94", 0.94),
        ("Real", 1, 1),
        ("Real", "3", 3),
        ("Flag", "True", True),
        ("Flag", "yes", "yes"),
        ("List", ["1", 2], [1, 2]),
        ("Inner", {"Flag": "false"}, {"Flag": False}),
        ("Either", "true", True),
        ("Either", "7", 7),
        ("Map", {"a": 1}, {"a": "1"}),
        ("Rest", {"a": "1"}, {"a": 1}),
        ("Document", {"Version": 1}, {"Version": 1}),
        ("Text", UNKNOWN, UNKNOWN),
        ("Unheard", "5", "5"),
    ],
)
def test_a_value_takes_the_type_of_its_schema(name: str, value: Any, coerced: Any) -> None:
    result = coerce(SCHEMA, {name: value})[name]
    assert (result, type(result)) == (coerced, type(coerced))
