"""A second opinion on the definitions: the npm package asl-validator, where Node.js is present."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate import ROOT
from tests.template.checks.finding import Finding

PACKAGES = ROOT / ".venv-node" / "package.json"
_SCRIPT = ROOT / "tests" / "template" / "checks" / "asl_validator.mjs"


def is_present() -> bool:
    """Whether `make install` found npm, and npm the package."""
    return bool(shutil.which("node")) and (PACKAGES.parent / "node_modules").is_dir()


def second_opinion(definitions: Mapping[str, Any]) -> Iterator[Finding]:
    """What it says of each of these definitions, which are handed to one process."""
    given = json.dumps({name: _as_it_can_read_it(it) for name, it in definitions.items()})
    answered = subprocess.run(
        ["node", _SCRIPT, PACKAGES], input=given, capture_output=True, text=True, check=True
    )
    for name, errors in json.loads(answered.stdout).items():
        yield from (Finding(name, error) for error in errors)


def _as_it_can_read_it(value: Any) -> Any:
    """Its schema knows no line breaks in expressions, and takes an empty text for two things."""
    if isinstance(value, dict):
        return {name: _as_it_can_read_it(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_it_can_read_it(item) for item in value]
    return (value.replace("\n", " ") or " ") if isinstance(value, str) else value
