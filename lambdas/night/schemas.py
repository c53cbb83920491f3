"""The JSON Schemas of the documents that cross a boundary, loaded from the layer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import lineage


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    """The validator of ``schema/<name>.json``, formats included.

    ``schema/`` lies beside the ``lineage`` package, in the repository as in the layer.
    """
    path = Path(lineage.__file__).parents[1] / "schema" / f"{name}.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return jsonschema.Draft202012Validator(
        document, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def complaints(name: str, document: object) -> list[str]:
    """Everything that is wrong with a document, each with its place."""
    errors = sorted(validator(name).iter_errors(document), key=lambda error: error.json_path)
    return [f"{error.json_path}: {error.message}" for error in errors]
