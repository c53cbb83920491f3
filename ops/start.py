"""Starts a night by hand."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lineage import schema
from ops.clients import StepFunctions
from ops.errors import InvalidSetting, NameTaken
from ops.executions import free_names


def night_input(
    date: str, settings: Sequence[str], base: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The execution's input: the parameters to begin with, then ``--set``, then the date.

    ``--set Hyperparameters.eta=0.2`` changes one hyperparameter of those, or else of the default
    ones.

    Raises:
        InvalidSetting: naming what cannot be read, or what a night would refuse.
    """
    given = dict(base or {})
    for setting in settings:
        name, separator, text = setting.partition("=")
        if not separator:
            raise InvalidSetting(f"--set {setting} has no value; write --set {name}=VALUE")
        given |= _set(given, name, text)
    return _valid({**given, "DataDate": date})


def from_file(file: Path) -> dict[str, Any]:
    """The parameters that a JSON file holds.

    Raises:
        InvalidSetting: it holds something else.
    """
    try:
        document = json.loads(file.read_text())
    except ValueError as malformed:
        raise InvalidSetting(f"{file} is not JSON: {malformed}") from malformed
    if not isinstance(document, dict):
        raise InvalidSetting(f'{file} must hold an object such as {{"AucThreshold": 0.9}}')
    return document


def start(
    stepfunctions: StepFunctions, state_machine_arn: str, given: Mapping[str, Any], name: str
) -> str:
    """Start a night under a name; return the execution's ARN.

    Raises:
        NameTaken: Step Functions refuses the name, for it was used before.
    """
    try:
        started = stepfunctions.start_execution(
            stateMachineArn=state_machine_arn, name=name, input=json.dumps(given)
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise
        raise NameTaken(
            f"{name} was started before. If it failed, go on with it: nightly redrive {name}."
            f" To run it once more: nightly rerun {name}."
        ) from refused
    return str(started["executionArn"])


def start_next(
    stepfunctions: StepFunctions,
    state_machine_arn: str,
    given: Mapping[str, Any],
    taken: Collection[str],
) -> str:
    """Start a night under the next name that is free; return the execution's ARN.

    ``taken`` may lag behind, as ListExecutions does: Step Functions has the last word.
    """
    names = free_names(given["DataDate"], taken)
    while True:
        try:
            return start(stepfunctions, state_machine_arn, given, next(names))
        except NameTaken:
            continue


def _set(given: dict[str, Any], name: str, text: str) -> dict[str, Any]:
    whole, separator, member = name.partition(".")
    if whole != "Hyperparameters" or not separator:
        return {name: _value(text)}
    default = schema.load("night")["properties"]["Hyperparameters"]["default"]
    return {whole: {**given.get(whole, default), member: text}}


def _valid(given: dict[str, Any]) -> dict[str, Any]:
    wrong = schema.complaints(given, "night")
    if wrong:
        known = ", ".join(sorted(schema.load("night")["properties"]))
        raise InvalidSetting(f"{'; '.join(wrong)}. A night may be told: {known}.")
    return given


def _value(text: str) -> Any:  # noqa: ANN401  # any JSON value
    """JSON where it is JSON (numbers, true, objects), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text
