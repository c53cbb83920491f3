"""Histories of nights as they are known: a change of the machine shows as another way."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("golden")
_UPDATE = "UPDATE_GOLDEN"


def require_golden(name: str, history: Iterable[Mapping[str, Any]]) -> None:
    """See that a history has the kept one's events, states and errors, in its order.

    With the variable UPDATE_GOLDEN it is kept from now on.
    """
    told, file = [_told(event) for event in history], _FOLDER / f"{name}.json"
    if os.environ.get(_UPDATE):
        _FOLDER.mkdir(exist_ok=True)
        file.write_text(json.dumps(told, indent=0) + "\n")
    test_file = os.environ["PYTEST_CURRENT_TEST"].split("::")[0]
    assert told == json.loads(file.read_text()), (
        f"this night goes another way than {file.name} has it; if it is meant to, keep it by"
        f" {_UPDATE}=1 .venv/bin/python -m pytest {test_file}"
    )


def _told(event: Mapping[str, Any]) -> str:
    details: Mapping[str, Any] = next(
        (value for name, value in event.items() if name.endswith("EventDetails")), {}
    )
    return " ".join([event["type"], *(details[it] for it in ("name", "error") if it in details)])
