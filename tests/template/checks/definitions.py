"""State machine definitions: what CreateStateMachine would refuse, and what no retry would mend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from embedded_aws.stepfunctions.validation.checks import check_definition
from embedded_aws.stepfunctions.validation.transitions import successors
from embedded_aws.stepfunctions.validation.variables import referenced_variables
from tests.template.checks.finding import Finding
from tests.template.project import MACHINE, Document, Project

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
# Names that no SDK raises: of the optimised integration's, all but the modelled ones are
# SageMaker.AmazonSageMakerException; of the other's, SageMaker.SageMakerException.
_NEVER_RAISED = re.compile(
    r"SageMaker\.(ThrottlingException|Throttling|ValidationException|ResourceLimitExceeded"
    r"|ResourceInUse|AccessDeniedException|InternalServerError|CapacityError)"
)


def valid(project: Project) -> Iterator[Finding]:
    """The problems that CreateStateMachine would name: form, targets, variables, expressions."""
    for machine, definition in project.filled.items():
        for problem in check_definition(definition):
            yield Finding(f"{machine}{problem.location or ''}", f"{problem.code} {problem.message}")


def bounded(project: Project) -> Iterator[Finding]:
    """Tasks that could wait for a year, which is what a missing timeout means."""
    for machine, definition in project.definitions.items():
        longest = definition.get("TimeoutSeconds")
        if not isinstance(longest, int):
            yield Finding(machine, "the machine has no TimeoutSeconds")
            continue
        for name, state in tasks(definition):
            if not 0 < state.get("TimeoutSeconds", longest) < longest:
                where = f"{machine}/States/{name}"
                yield Finding(where, f"no TimeoutSeconds below the machine's {longest}")


def substituted(project: Project) -> Iterator[Finding]:
    """Placeholders that nothing fills, and values that fill nothing."""
    for machine, properties in project.of_type(MACHINE).items():
        given = set(properties["DefinitionSubstitutions"])
        used = set(_placeholders(project.definitions[machine]))
        for name in sorted(used - given):
            yield Finding(f"{machine}/{name}", "the template gives no value for this placeholder")
        for name in sorted(given - used):
            yield Finding(f"{machine}/{name}", "the definition has no such placeholder")


def caught(project: Project) -> Iterator[Finding]:
    """Error names in Retry and Catch that AWS never raises, so that they match nothing."""
    for machine, definition in project.definitions.items():
        for name, state in definition["States"].items():
            for field in ("Retry", "Catch"):
                for entry in state.get(field, ()):
                    for error in filter(_NEVER_RAISED.fullmatch, entry["ErrorEquals"]):
                        where = f"{machine}/States/{name}/{field}"
                        yield Finding(where, f"no integration raises {error}")


def assigned(project: Project) -> Iterator[Finding]:
    """Variables that no state on the way assigns: an expression fails there, in the night."""
    for machine, definition in project.filled.items():
        states = definition["States"]
        known: dict[str, set[str]] = {name: {"states"} for name in states}
        for name, state in states.items():
            for later in successors(states, name):
                known[later] |= _assigned(state)
        for name, referenced in referenced_variables(definition).items():
            for variable in sorted(set(referenced) - known[name]):
                yield Finding(f"{machine}/States/{name}", f"nothing assigns ${variable} before")


def tasks(definition: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tasks of a definition, by name."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            yield name, state


def _assigned(state: dict[str, Any]) -> set[str]:
    entries = [state, *state.get("Catch", ()), *state.get("Choices", ())]
    return {name for entry in entries for name in entry.get("Assign", ())}


def _placeholders(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _placeholders(item)
    elif isinstance(value, list):
        for item in value:
            yield from _placeholders(item)
    elif isinstance(value, str):
        yield from _PLACEHOLDER.findall(value)
