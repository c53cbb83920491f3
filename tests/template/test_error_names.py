"""The names of errors that the machines match, and the classes that bear them."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import lineage.errors
import night.errors
import rollout.errors

MACHINES = Path(__file__).parents[2] / "statemachine"


@pytest.mark.parametrize(
    ("machine", "errors"), [("retrain", night.errors), ("rollout", rollout.errors)]
)
def test_our_own_error_names_in_retriers_are_classes_that_we_raise(
    machine: str, errors: ModuleType
) -> None:
    states = yaml.load((MACHINES / f"{machine}.asl.yaml").read_text(), yaml.CSafeLoader)["States"]
    ours = {
        name
        for module in (lineage.errors, errors)
        for name, _ in inspect.getmembers(module, inspect.isclass)
    }
    matched = {
        error
        for state in states.values()
        for retrier in state.get("Retry", [])
        for error in retrier["ErrorEquals"]
        if "." not in error
    }
    assert matched
    assert matched <= ours
