"""A night's parameters: the input over the stack's overrides over the schema's defaults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lineage import schema
from night.errors import InvalidInput


def resolve(given: object, overrides: Mapping[str, str]) -> dict[str, Any]:
    """All parameters of a night.

    Args:
        given: The execution's input.
        overrides: The stack's texts by parameter; an empty one leaves the default.

    Raises:
        InvalidInput: naming every field that is unknown, missing, or out of its range.
    """
    if not isinstance(given, dict):
        raise InvalidInput(
            f'The input must be an object such as {{"DataDate": "2026-11-21"}}, not {given!r}'
        )
    parameters = _defaults() | _parsed(overrides) | given
    wrong = schema.complaints(parameters, "night")
    if wrong:
        known = ", ".join(sorted(schema.load("night")["properties"]))
        raise InvalidInput(
            f"{'; '.join(wrong)}. Start the night again with a corrected input; it may have:"
            f" {known}."
        )
    return parameters


def _defaults() -> dict[str, Any]:
    properties = schema.load("night")["properties"]
    return {name: rule["default"] for name, rule in properties.items() if "default" in rule}


def _parsed(overrides: Mapping[str, str]) -> dict[str, Any]:
    properties = schema.load("night")["properties"]
    return {
        name: text if properties[name]["type"] == "string" else json.loads(text)
        for name, text in overrides.items()
        if text
    }
