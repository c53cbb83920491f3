"""Starts a night by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from lineage import schema
from ops.errors import InvalidSetting


def night_input(date: str, settings: Sequence[str], file: Path | None) -> dict[str, Any]:
    """The execution's input: the file's parameters, then ``--set``, then the date.

    ``--set Hyperparameters.eta=0.2`` changes one hyperparameter of the file's, or else of the
    default ones.

    Raises:
        InvalidSetting: naming what cannot be read, or what a night would refuse.
    """
    given = _from_file(file) if file else {}
    for setting in settings:
        name, separator, text = setting.partition("=")
        if not separator:
            raise InvalidSetting(f"--set {setting} has no value; write --set {name}=VALUE")
        given |= _set(given, name, text)
    return _valid({**given, "DataDate": date})


def start(stepfunctions: Any, state_machine_arn: str, given: dict[str, Any], name: str) -> str:  # noqa: ANN401  # boto3 client
    """Start a night under a name; return the execution's ARN.

    Raises:
        InvalidSetting: the name was used before. Step Functions refuses it: the name is the
            night's lock.
    """
    try:
        started = stepfunctions.start_execution(
            stateMachineArn=state_machine_arn,
            name=name,
            input=json.dumps(given),
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise
        raise InvalidSetting(
            f"{name} was started before. Redrive its execution if it failed, or start another"
            f" night of the same date with --name {given['DataDate']}-2."
        ) from refused
    return str(started["executionArn"])


def _from_file(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text())
    except ValueError as malformed:
        raise InvalidSetting(f"{file} is not JSON: {malformed}") from malformed
    if not isinstance(document, dict):
        raise InvalidSetting(f'{file} must hold an object such as {{"AucThreshold": 0.9}}')
    return document


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
