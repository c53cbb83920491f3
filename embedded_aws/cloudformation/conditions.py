"""Evaluates the Conditions block, and takes the branches of a template that it chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import Scope, evaluate

_NO_VALUE = object()
_FEWEST_OPERANDS, _MOST_OPERANDS = 2, 10


def evaluate_all(block: Mapping[str, Any], scope: Scope) -> dict[str, bool]:
    """The truth of every condition of a template.

    Raises:
        TemplateError: a condition is malformed, unknown or depends on itself.
    """
    conditions = _Conditions(block, scope)
    return {name: conditions.named(name, ()) for name in block}


def prune(value: Any, conditions: Mapping[str, bool]) -> Any:  # noqa: ANN401  # any JSON value
    """The value with each ``Fn::If`` replaced by its chosen branch, without ``AWS::NoValue``.

    Raises:
        TemplateError: an ``Fn::If`` is malformed or names no condition.
    """
    pruned = _prune(value, conditions)
    return None if pruned is _NO_VALUE else pruned


def _prune(value: Any, conditions: Mapping[str, bool]) -> Any:  # noqa: ANN401
    if value == {"Ref": "AWS::NoValue"}:
        return _NO_VALUE
    if isinstance(value, dict):
        if value.keys() == {"Fn::If"}:
            return _prune(_branch(value["Fn::If"], conditions), conditions)
        pruned = {key: _prune(item, conditions) for key, item in value.items()}
        return {key: item for key, item in pruned.items() if item is not _NO_VALUE}
    if isinstance(value, list):
        items = [_prune(item, conditions) for item in value]
        return [item for item in items if item is not _NO_VALUE]
    return value


def _branch(argument: Any, conditions: Mapping[str, bool]) -> Any:  # noqa: ANN401
    match argument:
        case [str() as name, when_true, when_false]:
            if name not in conditions:
                raise TemplateError(f"Template error: unresolved condition dependency {name}")
            return when_true if conditions[name] else when_false
    raise TemplateError("Template error: Fn::If takes the name of a condition and two values")


class _Conditions:
    """The conditions of one template, each evaluated once."""

    def __init__(self, block: Mapping[str, Any], scope: Scope) -> None:
        self._block = block
        self._scope = scope
        self._known: dict[str, bool] = {}

    def named(self, name: str, within: tuple[str, ...]) -> bool:
        if name in within:
            raise TemplateError(f"Circular dependencies for condition: [{', '.join(within)}]")
        if name not in self._block:
            raise TemplateError(f"Template error: unresolved condition dependency {name}")
        if name not in self._known:
            self._known[name] = self._truth(self._block[name], (*within, name))
        return self._known[name]

    def _truth(self, expression: Any, within: tuple[str, ...]) -> bool:  # noqa: ANN401
        match expression:
            case {"Condition": str() as name, **rest} if not rest:
                return self.named(name, within)
            case {"Fn::Equals": [left, right], **rest} if not rest:
                return _text(evaluate(left, self._scope)) == _text(evaluate(right, self._scope))
            case {"Fn::Not": [operand], **rest} if not rest:
                return not self._truth(operand, within)
            case {"Fn::And": list() as operands, **rest} if not rest:
                return all(self._truths(operands, within))
            case {"Fn::Or": list() as operands, **rest} if not rest:
                return any(self._truths(operands, within))
        raise TemplateError(
            "Template format error: Conditions can only be boolean operations on parameters "
            f"and other conditions, not {expression!r}"
        )

    def _truths(self, operands: list[Any], within: tuple[str, ...]) -> list[bool]:
        if not _FEWEST_OPERANDS <= len(operands) <= _MOST_OPERANDS:
            raise TemplateError(
                "Template error: every Fn::And and Fn::Or object requires a list of at least 2 "
                "and at most 10 boolean parameters"
            )
        return [self._truth(operand, within) for operand in operands]


def _text(value: object) -> object:
    """Scalars compare as text: parameters are strings, literals may be numbers or booleans."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value
