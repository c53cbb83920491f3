"""Template parameters: what a template declares, what the user gives, and whether the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from embedded_aws.cloudformation.errors import TemplateError

_LIST_TYPES = {"CommaDelimitedList", "List<Number>"}
_TYPES = {"String", "Number", *_LIST_TYPES}
MASK = "****"


@dataclass(frozen=True)
class Parameter:
    """One declared parameter; ``declaration`` is its block in the template."""

    name: str
    declaration: Mapping[str, Any]

    @property
    def type(self) -> str:
        """String, Number, CommaDelimitedList or List<Number>."""
        return str(self.declaration.get("Type", ""))

    @property
    def default(self) -> str | None:
        """The default in its textual form, if there is one."""
        default = self.declaration.get("Default")
        return None if default is None else _text(default)

    @property
    def no_echo(self) -> bool:
        """Whether descriptions show ``****`` for the value."""
        return _text(self.declaration.get("NoEcho", False)).lower() == "true"

    def items(self, raw: str) -> list[str]:
        """The values to check: those of a list one by one."""
        return [item.strip() for item in raw.split(",")] if self.type in _LIST_TYPES else [raw]

    def value(self, raw: str) -> str | list[str]:
        """What ``Ref`` returns."""
        if self.type not in _LIST_TYPES:
            return raw
        return self.items(raw) if raw else []


def declared(document: Mapping[str, Any]) -> dict[str, Parameter]:
    """The parameters that a template declares.

    Raises:
        TemplateError: a type that is unknown or not supported (SSM and AWS-specific types).
    """
    found = {
        name: Parameter(name, declaration)
        for name, declaration in document.get("Parameters", {}).items()
    }
    for parameter in found.values():
        if parameter.type not in _TYPES:
            raise TemplateError(
                f"the embedded AWS does not support the type {parameter.type or 'None'} "
                f"of parameter {parameter.name}; it knows {', '.join(sorted(_TYPES))}"
            )
    return found


def resolve(
    parameters: Mapping[str, Parameter],
    given: Iterable[Mapping[str, Any]],
    previous: Mapping[str, str],
) -> dict[str, str]:
    """Each parameter's value as text, from what is given, was there before, or is the default.

    Args:
        parameters: What the template declares.
        given: ``Parameters`` of the request: ParameterKey, ParameterValue, UsePreviousValue.
        previous: The values of the stack's current template.

    Raises:
        TemplateError: a value is missing, unknown or breaks its declaration.
    """
    chosen = {item["ParameterKey"]: _given(item, previous) for item in given}
    unknown = [name for name in chosen if name not in parameters]
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    values = {name: chosen.get(name, default) for name, default in defaults.items()}
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    resolved = {name: value for name, value in values.items() if value is not None}
    for name, value in resolved.items():
        _check(parameters[name], value)
    return resolved


def _given(item: Mapping[str, Any], previous: Mapping[str, str]) -> str:
    name = item["ParameterKey"]
    if not item.get("UsePreviousValue"):
        return str(item.get("ParameterValue", ""))
    if name not in previous:
        raise TemplateError(
            f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true "
            "for a parameter key not in the previous template"
        )
    return previous[name]


def _check(parameter: Parameter, raw: str) -> None:
    for value in parameter.items(raw):
        broken = _broken(parameter, value)
        if broken is None:
            continue
        described = parameter.declaration.get("ConstraintDescription")
        if described:
            raise TemplateError(
                f"Parameter {parameter.name} failed to satisfy constraint: {described}"
            )
        raise TemplateError(f"Parameter '{parameter.name}' {broken}")


def _broken(parameter: Parameter, value: str) -> str | None:
    allowed = parameter.declaration.get("AllowedValues")
    if allowed is not None and value not in [_text(item) for item in allowed]:
        return "must be one of AllowedValues"
    pattern = parameter.declaration.get("AllowedPattern")
    if pattern is not None and not regex.fullmatch(pattern, value):
        return f"must match pattern {pattern}"
    if parameter.type in {"Number", "List<Number>"}:
        return _broken_number(parameter.declaration, value)
    return _broken_length(parameter.declaration, value)


def _broken_number(declaration: Mapping[str, Any], value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "must be a number"
    if "MinValue" in declaration and number < float(declaration["MinValue"]):
        return f"must be a number not less than {declaration['MinValue']}"
    if "MaxValue" in declaration and number > float(declaration["MaxValue"]):
        return f"must be a number not greater than {declaration['MaxValue']}"
    return None


def _broken_length(declaration: Mapping[str, Any], value: str) -> str | None:
    if len(value) < int(declaration.get("MinLength", 0)):
        return f"must contain at least {declaration['MinLength']} characters"
    if "MaxLength" in declaration and len(value) > int(declaration["MaxLength"]):
        return f"must contain at most {declaration['MaxLength']} characters"
    return None


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
