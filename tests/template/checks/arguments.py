"""What tasks send, by botocore's models: required members, literal values, accepted members."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import regex
from botocore.model import Shape

from embedded_aws.gateway.protocol import service_model
from embedded_aws.stepfunctions.integrations.catalogue import integration_for
from embedded_aws.stepfunctions.integrations.java_shapes import pascal_case
from tests.template.checks.definitions import tasks
from tests.template.checks.expressions import UNKNOWN, plain
from tests.template.checks.finding import Finding
from tests.template.project import Project

_RESOURCE = re.compile(r"arn:aws:states:::(aws-sdk:)?(?P<service>\w+):(?P<action>\w+)(\.\w+)?")


def modelled(project: Project) -> Iterator[Finding]:
    """Arguments that their API, or the integration's list of fields, does not take."""
    for machine, definition in project.filled.items():
        for name, state in tasks(definition):
            where = f"{machine}/States/{name}/Arguments"
            arguments = plain(state.get("Arguments", {}))
            if arguments != UNKNOWN:
                for problem in _problems(state["Resource"], arguments):
                    yield Finding(where, problem)


def _problems(resource: str, arguments: dict[str, Any]) -> Iterator[str]:
    found = _RESOURCE.fullmatch(resource)
    if found is None:
        yield f"{resource} is no integration"
        return
    yield from integration_for(resource).problems(arguments)
    if found["service"] == "sagemaker":
        operation = service_model("sagemaker").operation_model(pascal_case(found["action"]))
        yield from _misfits(operation.input_shape, arguments, "")


def _misfits(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """What is wrong with a value; of an expression only a run can tell."""
    if isinstance(value, str) and value.startswith("{%"):
        return
    python_type, check = _CHECKS[shape.type_name]
    if not isinstance(value, python_type) or (python_type is not bool and value is True):
        yield f"{path} is a {type(value).__name__}, where the API has a {shape.type_name}"
        return
    yield from check(shape, value, path)


def _structure(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"{path}.{name} is required".lstrip(".")
    for name, item in value.items():
        if name in shape.members:
            yield from _misfits(shape.members[name], item, f"{path}.{name}".lstrip("."))


def _list(shape: Any, value: list[Any], path: str) -> Iterator[str]:
    for index, item in enumerate(value):
        yield from _misfits(shape.member, item, f"{path}[{index}]")


def _map(shape: Any, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, item in value.items():
        yield from _misfits(shape.value, item, f"{path}.{name}")


def _text(shape: Any, value: str, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{path} is {value}, which is none of {sorted(shape.enum)}"
    pattern = shape.metadata.get("pattern")
    if pattern and not regex.match(pattern, value):
        yield f"{path} is {value}, which does not fit {pattern}"


def _number(shape: Any, value: float, path: str) -> Iterator[str]:
    low, high = shape.metadata.get("min", value), shape.metadata.get("max", value)
    if not low <= value <= high:
        yield f"{path} is {value}, which is not within {low} and {high}"


def _nothing(*_: object) -> Iterator[str]:
    return iter(())


_CHECKS: dict[str, tuple[Any, Callable[[Any, Any, str], Iterator[str]]]] = {
    "structure": (dict, _structure),
    "list": (list, _list),
    "map": (dict, _map),
    "string": (str, _text),
    "integer": (int, _number),
    "long": (int, _number),
    "float": ((int, float), _number),
    "double": ((int, float), _number),
    "boolean": (bool, _nothing),
    "timestamp": (str, _nothing),
    "blob": (str, _nothing),
}
