"""The JSON Schemas of the documents that cross a boundary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from lineage.errors import InvalidDocument

# Beside the package, in the repository as in the Lambda layer.
_FOLDER = Path(__file__).parents[1] / "schema"
_DEFINITIONS = "#/$defs/"
_ANNOTATED_REFERENCE = {"$ref", "description", "default"}


@cache
def load(name: str) -> dict[str, Any]:
    """The schema `schema/<name>.json`."""
    document: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return document


def complaints(document: object, name: str) -> list[str]:
    """Everything that `schema/<name>.json` finds wrong with a document, each with its place.

    Formats are checked too, so that a date is one of the calendar.
    """
    errors = sorted(_validator(name).iter_errors(document), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message}" for error in errors]


def require_valid(document: object, name: str) -> None:
    """Check a document against `schema/<name>.json`.

    Raises:
        InvalidDocument: naming every place that is wrong.
    """
    wrong = complaints(document, name)
    if wrong:
        raise InvalidDocument(f"{'; '.join(wrong)}. Correct it by schema/{name}.json.")


def read_json(uri: str, text: str) -> Any:  # noqa: ANN401  # whatever the document holds
    """The document of an object that should be JSON.

    Raises:
        InvalidDocument: it is not.
    """
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise InvalidDocument(
            f"{uri} is no JSON document: {wrong}. Its bucket keeps the version before."
        ) from wrong


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    schema = load(name)
    return jsonschema.Draft202012Validator(
        _inlined(schema, schema.get("$defs", {})),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def _inlined(part: Any, definitions: Mapping[str, Any]) -> Any:  # noqa: ANN401  # JSON
    """A schema with its definitions in place: to follow a reference takes most of a check's time.

    One beside which other keywords stand remains a reference, as both must hold.
    """
    if isinstance(part, list):
        return [_inlined(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part and part.keys() <= _ANNOTATED_REFERENCE:
        return _inlined(definitions[part["$ref"].removeprefix(_DEFINITIONS)], definitions)
    return {name: _inlined(item, definitions) for name, item in part.items()}
