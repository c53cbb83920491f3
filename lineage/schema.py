"""The JSON Schemas of the documents that cross a boundary."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from lineage.errors import InvalidDocument

# Beside the package, in the repository as in the Lambda layer.
_FOLDER = Path(__file__).parents[1] / "schema"


def require_valid(document: object, name: str) -> None:
    """Check a document against `schema/<name>.json`.

    Raises:
        InvalidDocument: naming every place that is wrong.
    """
    found = sorted(_validator(name).iter_errors(document), key=lambda error: error.json_path)
    if found:
        wrong = "; ".join(f"{error.json_path}: {error.message}" for error in found)
        raise InvalidDocument(f"{wrong}. Correct it by schema/{name}.json.")


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    schema: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return jsonschema.Draft202012Validator(schema)
