"""Evaluates the intrinsic functions that stand where a property's value stands."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.cloudformation.errors import TemplateError

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:([a-z-]+):")


@dataclass(frozen=True)
class Unknown:
    """A value that only the deployment will tell, such as the ARN of a resource to be created."""


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Scope:
    """Where names are looked up.

    Attributes:
        parameters: Values of parameters and pseudo parameters.
        mappings: The template's ``Mappings``.
        reference: What ``Ref`` returns for a resource.
        attribute: What ``Fn::GetAtt`` returns for a resource and an attribute.
    """

    parameters: Mapping[str, Any]
    mappings: Mapping[str, Any]
    reference: Callable[[str], Any]
    attribute: Callable[[str, str], Any]


def intrinsic_name(value: object) -> str | None:
    """The function that a one-member object calls, if it does."""
    if not isinstance(value, dict) or len(value) != 1:
        return None
    name = str(next(iter(value)))
    return name if name == "Ref" or name.startswith("Fn::") else None


def attribute_path(argument: object) -> tuple[str, str]:
    """Logical id and attribute of ``Fn::GetAtt``, written as a list or with a dot.

    Raises:
        TemplateError: neither form.
    """
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], str):  # noqa: PLR2004
        raise TemplateError(
            "Template error: every Fn::GetAtt object requires two non-empty parameters, "
            "the resource name and the resource attribute"
        )
    return parts[0], str(parts[1])


def sub_parts(argument: object) -> tuple[str, dict[str, Any]]:
    """Text and variables of ``Fn::Sub``.

    Raises:
        TemplateError: neither a string nor a string with a map.
    """
    match argument:
        case str():
            return argument, {}
        case [str() as text, dict() as variables]:
            return text, variables
        case _:
            raise TemplateError(
                "Template error: One or more Fn::Sub intrinsic functions don't specify expected "
                "arguments. Specify a string as first argument, and an optional second argument "
                "to specify a mapping of values to replace in the string"
            )


def sub_variables(text: str) -> list[str]:
    """The names between ``${`` and ``}``, literals (``${!name}``) left out."""
    return [name.strip() for name in _VARIABLE.findall(text) if not name.startswith("!")]


def contains_unknown(value: object) -> bool:
    """Whether any part of a value is known only after deployment."""
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return isinstance(value, Unknown)


def evaluate(value: Any, scope: Scope) -> Any:  # noqa: ANN401  # any JSON value
    """The value with every intrinsic function replaced by its result.

    A function of something ``UNKNOWN`` is ``UNKNOWN``.

    Raises:
        TemplateError: a name that does not exist, a malformed function, or one that the
            embedded AWS does not support.
    """
    name = intrinsic_name(value)
    if name is not None:
        return _call(name, value[name], scope)
    if isinstance(value, dict):
        return {key: evaluate(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluate(item, scope) for item in value]
    if isinstance(value, str):
        _refuse_dynamic_reference(value)
    return value


def _call(name: str, argument: Any, scope: Scope) -> Any:  # noqa: ANN401
    if name == "Ref":
        return _ref(argument, scope)
    if name == "Fn::GetAtt":
        return scope.attribute(*attribute_path(argument))
    if name == "Fn::Sub":
        return _sub(argument, scope)
    function = _FUNCTIONS.get(name)
    if function is None:
        raise TemplateError(f"the embedded AWS does not support {name} in this place")
    argument = evaluate(argument, scope)
    return UNKNOWN if contains_unknown(argument) else function(argument, scope)


def _ref(name: Any, scope: Scope) -> Any:  # noqa: ANN401
    if not isinstance(name, str):
        raise TemplateError("Template validation error: every Ref takes one name, a string")
    return scope.parameters[name] if name in scope.parameters else scope.reference(name)


def _sub(argument: object, scope: Scope) -> Any:  # noqa: ANN401
    text, variables = sub_parts(argument)
    values = {name: _sub_value(name, variables, scope) for name in sub_variables(text)}
    if contains_unknown(values):
        return UNKNOWN
    return _VARIABLE.sub(lambda found: _sub_text(found[1], values), text)


def _sub_value(name: str, variables: dict[str, Any], scope: Scope) -> Any:  # noqa: ANN401
    if name in variables:
        return evaluate(variables[name], scope)
    if "." in name:
        return scope.attribute(*name.split(".", 1))
    return _ref(name, scope)


def _sub_text(name: str, values: dict[str, Any]) -> str:
    if name.startswith("!"):
        return "${" + name[1:] + "}"
    return as_text(values[name.strip()], "Fn::Sub")


def as_text(value: object, function: str) -> str:
    """A scalar as CloudFormation writes it.

    Raises:
        TemplateError: a list or an object.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise TemplateError(f"Template error: {function} needs a string, not {value!r}")


def _join(argument: Any, _: Scope) -> str:  # noqa: ANN401
    match argument:
        case [str() as delimiter, list() as items]:
            return delimiter.join(as_text(item, "Fn::Join") for item in items)
    raise TemplateError("Template error: Fn::Join takes a delimiter and a list of strings")


def _split(argument: Any, _: Scope) -> list[str]:  # noqa: ANN401
    match argument:
        case [str() as delimiter, str() as text] if delimiter:
            return text.split(delimiter)
    raise TemplateError("Template error: Fn::Split takes a delimiter and a string")


def _select(argument: Any, _: Scope) -> Any:  # noqa: ANN401
    match argument:
        case [str() | int() as index, list() as items] if str(index).isdigit():
            if int(index) < len(items):
                return items[int(index)]
            raise TemplateError(
                f"Template error: Fn::Select cannot select nonexistent value at index {index}"
            )
    raise TemplateError("Template error: Fn::Select takes an index and a list")


def _find_in_map(argument: Any, scope: Scope) -> Any:  # noqa: ANN401
    match argument:
        case [str() as mapping, top, second]:
            try:
                return scope.mappings[mapping][str(top)][str(second)]
            except KeyError as missing:
                raise TemplateError(
                    f"Template error: Unable to get mapping for {mapping}::{top}::{second}"
                ) from missing
    raise TemplateError("Template error: Fn::FindInMap takes a mapping and two keys")


def _base64(argument: Any, _: Scope) -> str:  # noqa: ANN401
    return base64.b64encode(as_text(argument, "Fn::Base64").encode()).decode()


def _refuse_dynamic_reference(text: str) -> None:
    found = _DYNAMIC_REFERENCE.search(text)
    if found:
        raise TemplateError(
            f"the embedded AWS does not support dynamic references ({found[0]}...}}}})"
        )


_FUNCTIONS: Mapping[str, Callable[[Any, Scope], Any]] = {
    "Fn::Base64": _base64,
    "Fn::FindInMap": _find_in_map,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
}
