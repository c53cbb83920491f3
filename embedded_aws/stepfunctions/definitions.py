"""From a definition's text to a machine, or to all that is wrong with it."""

from __future__ import annotations

import json

from embedded_aws.gateway.service import ServiceError
from embedded_aws.stepfunctions.building import build_machine
from embedded_aws.stepfunctions.definition import Machine
from embedded_aws.stepfunctions.validation.checks import check_definition
from embedded_aws.stepfunctions.validation.problem import NOT_JSON, Problem
from embedded_aws.stepfunctions.validation.variables import referenced_variables


def diagnose(text: str) -> list[Problem]:
    """Everything that is wrong with a definition."""
    try:
        document = json.loads(text) if text.strip() else None
    except json.JSONDecodeError as malformed:
        where = f'[Source: (String)"{text}"; line: {malformed.lineno}, column: {malformed.colno}]'
        return [Problem(NOT_JSON, malformed.msg, where)]
    return check_definition(document)


def compile_definition(text: str) -> tuple[Machine, dict[str, list[str]]]:
    """The machine, and the variables that its states refer to.

    Raises:
        ServiceError: ``InvalidDefinition``, listing every problem.
    """
    found = diagnose(text)
    if found:
        listed = ", ".join(str(problem) for problem in found)
        raise ServiceError("InvalidDefinition", f"Invalid State Machine Definition: '{listed}'")
    document = json.loads(text)
    return build_machine(document), referenced_variables(document)
