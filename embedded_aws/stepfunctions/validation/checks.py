"""Walks a whole definition and says everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.building import JSONATA, JSONPATH, build_state
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.integrations.catalogue import (
    UnsupportedResourceError,
    integration_for,
)
from embedded_aws.stepfunctions.languages.jsonata import expression_text
from embedded_aws.stepfunctions.languages.jsonata_engine import JsonataSyntaxError
from embedded_aws.stepfunctions.validation.expressions import check_expressions
from embedded_aws.stepfunctions.validation.fields import TYPES, check_fields, check_shapes
from embedded_aws.stepfunctions.validation.problem import DUPLICATE, SCHEMA, Problem
from embedded_aws.stepfunctions.validation.retrying import check_retrying
from embedded_aws.stepfunctions.validation.tasks import check_task
from embedded_aws.stepfunctions.validation.transitions import check_transitions
from embedded_aws.stepfunctions.validation.variables import check_variables

Fields = Mapping[str, Json]
_MACHINE = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}
_MAX_NAME_LENGTH = 80
_WORKFLOW = {"Comment", "StartAt", "States", "ProcessorConfig"}


def check_definition(document: Json) -> list[Problem]:
    """Everything that is wrong; form first, then meaning: what is malformed has no meaning."""
    if not isinstance(document, dict):
        return [Problem(SCHEMA, "Definition must be a valid JSON object", None)]
    form = list(_check_form(document))
    if form:
        return form
    language = _language(document, JSONPATH)
    return [
        *_check_unique_names(document),
        *_check_meaning(document, language, ""),
        *check_variables(document, ""),
    ]


def _check_form(document: Fields) -> Iterator[Problem]:
    yield from _unknown(document, _MACHINE, "/")
    yield from check_shapes({"TimeoutSeconds": document.get("TimeoutSeconds", 1)}, JSONPATH, "")
    yield from _check_language(document, "")
    yield from _check_workflow_form(document, _language(document, JSONPATH), "")


def _check_workflow_form(workflow: Fields, language: str, location: str) -> Iterator[Problem]:
    missing = [name for name in ("States", "StartAt") if name not in workflow]
    if missing:
        message = f"These fields are required: [{', '.join(missing)}]"
        yield Problem(SCHEMA, message, location or "/")
        return
    if not isinstance(workflow["States"], dict) or not workflow["States"]:
        yield Problem(SCHEMA, "States must be a non-empty object", f"{location}/States")
        return
    for name, state in workflow["States"].items():
        if len(name) > _MAX_NAME_LENGTH:
            message = f"A state name has at most {_MAX_NAME_LENGTH} characters"
            yield Problem(SCHEMA, message, f"{location}/States/{name}")
        yield from _check_state_form(state, language, f"{location}/States/{name}")


def _check_state_form(state: Json, inherited: str, location: str) -> Iterator[Problem]:
    kind = state.get("Type") if isinstance(state, dict) else None
    if kind not in TYPES:
        message = f"The field 'Type' should have one of these values: [{', '.join(TYPES)}]"
        yield Problem(SCHEMA, message, f"{location}/Type")
        return
    yield from _check_language(state, location)
    language = _language(state, inherited)
    if inherited == JSONATA and language == JSONPATH:
        message = (
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"
        )
        yield Problem(SCHEMA, message, location)
        return
    yield from check_fields(state, language, location)
    yield from check_retrying(state, language, location)
    yield from _check_inner_form(state, inherited, location)


def _language(fields: Fields, inherited: str) -> str:
    # AWS takes any other value than JSONPath for JSONata, beside refusing it (floci issue 2968).
    return JSONPATH if fields.get("QueryLanguage", inherited) == JSONPATH else JSONATA


def _check_language(fields: Fields, location: str) -> Iterator[Problem]:
    if fields.get("QueryLanguage", JSONATA) not in (JSONATA, JSONPATH):
        message = "The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]"
        yield Problem(SCHEMA, message, f"{location}/QueryLanguage")


def _check_inner_form(state: Fields, language: str, location: str) -> Iterator[Problem]:
    for inner, where in _inner_workflows(state, location):
        if not isinstance(inner, dict):
            yield Problem(SCHEMA, "Expected an object", where)
            continue
        yield from _unknown(inner, _WORKFLOW, where)
        mode = inner.get("ProcessorConfig", {}).get("Mode", "INLINE")
        if mode != "INLINE":
            message = "The embedded AWS does not support Distributed Map"
            yield Problem(SCHEMA, message, f"{where}/ProcessorConfig/Mode")
        yield from _check_workflow_form(inner, language, where)


def _check_meaning(workflow: Fields, language: str, location: str) -> Iterator[Problem]:
    yield from check_transitions(workflow, location)
    for name, state in workflow["States"].items():
        where = f"{location}/States/{name}"
        for inner, inner_location in _inner_workflows(state, where):
            yield from _check_meaning(inner, language, inner_location)
        if _language(state, language) == JSONATA:
            yield from check_expressions(state, where)
        yield from _check_state_meaning(name, state, language, where)


def _check_state_meaning(
    name: str, state: Fields, language: str, location: str
) -> Iterator[Problem]:
    try:
        if state["Type"] == "Task":
            yield from check_task(state, location)
            yield from _check_arguments(state, location)
        build_state(name, _without_inner(state), language)
    except JsonataSyntaxError:
        # Told by the checks of expressions, with its place.
        return
    except UnsupportedResourceError as unsupported:
        yield Problem(SCHEMA, str(unsupported), f"{location}/Resource")
    except ValueError as malformed:
        yield Problem(SCHEMA, str(malformed), location)


def _check_arguments(state: Fields, location: str) -> Iterator[Problem]:
    integration = integration_for(state["Resource"])
    for field in ("Arguments", "Parameters"):
        if field in state and expression_text(state[field]) is None:
            for message in integration.problems(state[field]):
                yield Problem(SCHEMA, message, f"{location}/{field}")


def _check_unique_names(document: Fields) -> Iterator[Problem]:
    for name, count in Counter(_all_names(document)).items():
        if count > 1:
            yield Problem(DUPLICATE, f"Duplicate State name: {name}", f"/States/{name}")


def _all_names(workflow: Fields) -> Iterator[str]:
    for name, state in workflow["States"].items():
        yield name
        for inner, _ in _inner_workflows(state, ""):
            yield from _all_names(inner)


def _inner_workflows(state: Fields, location: str) -> Iterator[tuple[Json, str]]:
    for index, branch in enumerate(state.get("Branches", ())):
        yield branch, f"{location}/Branches[{index}]"
    for field in ("ItemProcessor", "Iterator"):
        if field in state:
            yield state[field], f"{location}/{field}"


def _without_inner(state: Fields) -> Fields:
    nothing = {"StartAt": "", "States": {}}
    hollow: dict[str, Json] = {"Branches": [], "ItemProcessor": nothing, "Iterator": nothing}
    return {name: hollow.get(name, value) for name, value in state.items()}


def _unknown(fields: Fields, known: set[str], location: str) -> Iterator[Problem]:
    for name in fields:
        if name not in known:
            yield Problem(SCHEMA, f"Field '{name}' is not supported", location)
