"""The JSON Schemas of the documents that cross a boundary, loaded from the layer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

import lineage


@cache
def schema(name: str) -> dict[str, Any]:
    """``schema/<name>.json``, which lies beside ``lineage`` in the repository as in the layer."""
    path = Path(lineage.__file__).parents[1] / "schema" / f"{name}.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def complaints(name: str, document: object) -> list[str]:
    """Everything that is wrong with a document, each with its place; formats are checked too."""
    validator = jsonschema.Draft202012Validator(
        schema(name), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    errors = sorted(validator.iter_errors(document), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message}" for error in errors]
