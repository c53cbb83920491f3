"""Every name that a night, a rollout or a question may end with, read from the code."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

import jobs.errors
import lineage.errors
import night.errors
import rollout.errors
from docs.generate import DEFINITION, ROLLOUT_DEFINITION, ROOT

_BASES = {"NightError", "RolloutError", "LineageError", "JobFailure"}
# States.ALL matches errors and names none.
_WILDCARD = "States.ALL"
_MADE_BY_THE_MACHINE = re.compile(
    r"""["']Error["']: (?:[^"',{}]+\? )?["'](\w+)["'](?: : ["'](\w+)["'])?"""
)
_REFUSAL = re.compile(r'Refusal\("(\w+)"')


def raised() -> Iterator[str]:
    """Names of the errors that functions and jobs raise."""
    for module in (jobs.errors, lineage.errors, night.errors, rollout.errors):
        for name, each in inspect.getmembers(module, inspect.isclass):
            if each.__module__ == module.__name__ and name not in _BASES:
                yield name


def matched() -> Iterator[str]:
    """Names that the machines' retriers, catchers and failure policy match on."""
    for path in (DEFINITION, ROLLOUT_DEFINITION):
        for state in yaml.safe_load(path.read_text())["States"].values():
            yield from _of_state(state)


def _of_state(state: Mapping[str, Any]) -> Iterator[str]:
    for each in (*state.get("Retry", ()), *state.get("Catch", ())):
        yield from (name for name in each["ErrorEquals"] if name != _WILDCARD)
    for entry in state.get("Assign", {}).get("failurePolicy", ()):
        yield entry["Class"]
        yield from (name for name in entry["Errors"] if name != "*")


def made() -> Iterator[str]:
    """Names that the machines and the functions of a rollout give to a failure, and the gate's."""
    for path in (DEFINITION, ROLLOUT_DEFINITION):
        for found in _MADE_BY_THE_MACHINE.findall(path.read_text()):
            yield from filter(None, found)
    event = json.loads((ROOT / "schema" / "record_lineage_event.json").read_text())
    yield from event["properties"]["Gate"]["properties"]["reason"]["enum"]
    for path in (ROOT / "lambdas" / "rollout").glob("*.py"):
        yield from _REFUSAL.findall(path.read_text())


def all_names() -> set[str]:
    """All of them."""
    return {*raised(), *matched(), *made()}
