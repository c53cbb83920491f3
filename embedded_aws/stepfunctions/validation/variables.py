"""Variables: their names, their scopes, and which states refer to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.languages.jsonata import expression_text
from embedded_aws.stepfunctions.languages.jsonata_engine import Expression
from embedded_aws.stepfunctions.validation.problem import SCHEMA, Problem
from embedded_aws.stepfunctions.validation.transitions import successors

Fields = Mapping[str, Json]
_MAX_NAME_LENGTH = 80


def check_variables(
    workflow: Fields, location: str, outer: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """Names that are none, and inner scopes that assign what an outer one may have assigned.

    What the outer scope assigns only afterwards, AWS lets pass (recorded, LocalStack's
    PARALLEL_CATCH_ERROR_VARIABLE_SAMPLING).
    """
    states = workflow["States"]
    own: dict[str, set[str]] = {}
    for name, state in states.items():
        for field, assigned in _assignments(state):
            where = f"{location}/States/{name}/{field}"
            yield from _check_names(assigned, where, outer)
            variables = {variable.removesuffix(".$") for variable in assigned}
            for later in successors(states, name):
                own.setdefault(later, set()).update(variables)
    for name, state in states.items():
        known = outer | own.get(name, set())
        for where, inner in _inner_workflows(state, f"{location}/States/{name}"):
            yield from check_variables(inner, where, known)


def referenced_variables(workflow: Fields) -> dict[str, list[str]]:
    """Which state of the machine refers to which variables, as DescribeStateMachine lists it."""
    found: dict[str, list[str]] = {}
    for name, state in workflow["States"].items():
        nested = {"Branches", "ItemProcessor", "Iterator"}
        texts = {key: value for key, value in state.items() if key not in nested}
        names = sorted(set(_referenced(texts)))
        if names:
            found[name] = names
        for _, inner in _inner_workflows(state, ""):
            found |= referenced_variables(inner)
    return found


def _referenced(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _referenced(item)
    elif isinstance(value, list):
        for item in value:
            yield from _referenced(item)
    else:
        text = expression_text(value)
        if text is not None:
            yield from Expression(text, "").free_variables


def _check_names(assigned: Fields, location: str, outer: frozenset[str]) -> Iterator[Problem]:
    for name in assigned:
        variable = name.removesuffix(".$")
        if variable == "states" or not variable.isidentifier() or len(variable) > _MAX_NAME_LENGTH:
            yield Problem(SCHEMA, f"'{variable}' is not a valid variable name", location)
        elif variable in outer:
            message = f"The variable '{variable}' belongs to an outer scope and cannot be assigned"
            yield Problem(SCHEMA, message, f"{location}/{name}")


def _assignments(state: Fields) -> Iterator[tuple[str, Fields]]:
    if isinstance(state.get("Assign"), dict):
        yield "Assign", state["Assign"]
    for field in ("Catch", "Choices"):
        for index, entry in enumerate(state.get(field, ())):
            if isinstance(entry.get("Assign"), dict):
                yield f"{field}[{index}]/Assign", entry["Assign"]


def _inner_workflows(state: Fields, location: str) -> Iterator[tuple[str, Fields]]:
    for index, branch in enumerate(state.get("Branches", ())):
        yield f"{location}/Branches[{index}]", branch
    for field in ("ItemProcessor", "Iterator"):
        if field in state:
            yield f"{location}/{field}", state[field]
