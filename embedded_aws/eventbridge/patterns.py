"""Event patterns: which events a rule, or a filter of an event source mapping, wants.

EventBridge user guide, "Creating Amazon EventBridge event patterns" and "Comparison operators
for use in event patterns".
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[Any], bool]
_ABSENT = object()
_OR = "$or"
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


class InvalidPattern(ValueError):  # what EventBridge calls it
    """A pattern that no event could be compared with; the message is the reason."""


class EventPattern:
    """A compiled pattern.

    Raises:
        InvalidPattern: it is not JSON, or asks for something that is unknown or malformed.
    """

    def __init__(self, text: str) -> None:
        try:
            pattern = json.loads(text)
        except ValueError as malformed:
            raise InvalidPattern(f"Filter is not valid JSON: {malformed}") from malformed
        if not isinstance(pattern, dict) or not pattern:
            raise InvalidPattern("Filter is not an object")
        self._matches = _object(pattern)

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether an event is wanted."""
        return self._matches(event)


def _object(pattern: Mapping[str, Any]) -> Test:
    tests = [
        _any_of(value) if name == _OR else _member(name, value) for name, value in pattern.items()
    ]
    return lambda event: isinstance(event, Mapping) and all(test(event) for test in tests)


def _any_of(patterns: Any) -> Test:  # noqa: ANN401  # a JSON value
    if not isinstance(patterns, list) or len(patterns) < 2:  # noqa: PLR2004  # a choice
        raise InvalidPattern("There must have at least 2 Objects in $or relationship.")
    tests = [_object(pattern) for pattern in patterns]
    return lambda event: any(test(event) for test in tests)


def _member(name: str, wanted: Any) -> Test:  # noqa: ANN401  # a JSON value
    if isinstance(wanted, Mapping):
        if not wanted:
            raise InvalidPattern("Empty objects are not allowed")
        inner = _object(wanted)
        return lambda event: any(inner(each) for each in _elements(event.get(name, {})))
    if not isinstance(wanted, list):
        raise InvalidPattern(f'"{name}" must be an object or an array')
    if not wanted:
        raise InvalidPattern("Empty arrays are not allowed")
    tests = [_leaf(each) for each in wanted]
    return lambda event: any(test(event.get(name, _ABSENT)) for test in tests)


def _leaf(wanted: Any) -> Test:  # noqa: ANN401  # a JSON value
    """A test of a member's value, which may be absent, or an array of which any will do."""
    if not isinstance(wanted, Mapping):
        return _of_any(lambda value: _equals(value, wanted))
    if len(wanted) != 1:
        raise InvalidPattern("Only one key allowed in match expression")
    ((operator, operand),) = wanted.items()
    if operator == "exists":
        if not isinstance(operand, bool):
            raise InvalidPattern("exists match pattern must be either true or false.")
        # It "works only on leaf nodes", which objects are not.
        return lambda value: (value is not _ABSENT and not isinstance(value, Mapping)) == operand
    return _of_any(_operator(operator, operand))


def _operator(operator: str, operand: Any) -> Test:  # noqa: ANN401  # a JSON value
    compile_operand = _OPERATORS.get(operator)
    if compile_operand is None:
        raise InvalidPattern(f"Unrecognized match type {operator}")
    return compile_operand(operand)


def _affix(name: str) -> Callable[[Any], Test]:
    def compiled(operand: Any) -> Test:  # noqa: ANN401  # a JSON value
        ignores_case = isinstance(operand, Mapping)
        text = operand.get("equals-ignore-case") if isinstance(operand, Mapping) else operand
        wanted = _text(name, text).lower() if ignores_case else _text(name, text)

        def test(value: Any) -> bool:  # noqa: ANN401  # a JSON value
            if not isinstance(value, str):
                return False
            compared = value.lower() if ignores_case else value
            return compared.startswith(wanted) if name == "prefix" else compared.endswith(wanted)

        return test

    return compiled


def _ignoring_case(operand: Any) -> Test:  # noqa: ANN401  # a JSON value
    wanted = _text("equals-ignore-case", operand).lower()
    return lambda value: isinstance(value, str) and value.lower() == wanted


def _wildcard(operand: Any) -> Test:  # noqa: ANN401  # a JSON value
    text = _text("wildcard", operand)
    if "**" in text:
        raise InvalidPattern("Consecutive wildcard characters are not allowed")
    parts = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", text)
    regex = "".join(
        ".*" if part == "*" else re.escape(part[-1] if len(part) > 1 and part[0] == "\\" else part)
        for part in parts
    )
    compiled = re.compile(regex, re.DOTALL)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _numeric(operand: Any) -> Test:  # noqa: ANN401  # a JSON value
    if not isinstance(operand, list) or not operand or len(operand) % 2:
        raise InvalidPattern("Value of numeric must be an array of operators and numbers.")
    bounds = list(zip(operand[::2], operand[1::2], strict=True))
    for comparison, bound in bounds:
        if comparison not in _COMPARISONS or not _is_number(bound):
            raise InvalidPattern(f"Unrecognized numeric range operator: {comparison} {bound}")
    return lambda value: (
        _is_number(value)
        and all(_COMPARISONS[comparison](value, bound) for comparison, bound in bounds)
    )


def _anything_but(operand: Any) -> Test:  # noqa: ANN401  # a JSON value
    if isinstance(operand, Mapping):
        if len(operand) != 1 or next(iter(operand)) not in _NEGATABLE:
            raise InvalidPattern("Unsupported anything-but pattern")
        ((operator, inner),) = operand.items()
        listed = inner if isinstance(inner, list) else [inner]
        tests = [_operator(operator, each) for each in listed]
        return lambda value: not any(test(value) for test in tests)
    unwanted = operand if isinstance(operand, list) else [operand]
    return lambda value: not any(_equals(value, each) for each in unwanted)


def _cidr(operand: Any) -> Test:  # noqa: ANN401  # a JSON value
    try:
        network = ipaddress.ip_network(_text("cidr", operand), strict=False)
    except ValueError as malformed:
        raise InvalidPattern(f"Malformed CIDR, one '/' required: {malformed}") from malformed

    def test(value: Any) -> bool:  # noqa: ANN401  # a JSON value
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return False

    return test


_OPERATORS: Mapping[str, Callable[[Any], Test]] = {
    "prefix": _affix("prefix"),
    "suffix": _affix("suffix"),
    "equals-ignore-case": _ignoring_case,
    "wildcard": _wildcard,
    "numeric": _numeric,
    "anything-but": _anything_but,
    "cidr": _cidr,
}
_NEGATABLE = ("prefix", "suffix", "equals-ignore-case", "wildcard")


def _of_any(test: Test) -> Test:
    def on_value(value: Any) -> bool:  # noqa: ANN401  # a JSON value
        if value is _ABSENT or isinstance(value, Mapping):
            return False
        return any(test(each) for each in _elements(value))

    return on_value


def _elements(value: Any) -> list[Any]:  # noqa: ANN401  # a JSON value
    return value if isinstance(value, list) else [value]


def _equals(value: Any, wanted: Any) -> bool:  # noqa: ANN401  # JSON values
    # Numbers are compared as they are written: 300 is not 300.0; and true is not 1.
    return type(value) is type(wanted) and value == wanted


def _is_number(value: Any) -> bool:  # noqa: ANN401  # a JSON value
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(operator: str, operand: Any) -> str:  # noqa: ANN401  # a JSON value
    if not isinstance(operand, str):
        raise InvalidPattern(f"{operator} match pattern must be a string")
    return operand
