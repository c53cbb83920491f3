"""Choice rules of JSONPath states: comparisons, and their combinations."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.errors import RUNTIME, QueryFailure
from embedded_aws.stepfunctions.languages.instants import parse_instant
from embedded_aws.stepfunctions.languages.intrinsics import Evaluate
from embedded_aws.stepfunctions.languages.language import Fields
from embedded_aws.stepfunctions.languages.paths import Path, PathNotFoundError, parse_path
from embedded_aws.stepfunctions.scope import Scope

Test = Callable[[Json, Json], bool]
_NOT_OPERATORS = {"Variable", "Next", "Comment", "Assign", "Output"}
_ORDERS: Mapping[str, Test] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "GreaterThan": operator.gt,
    "LessThanEquals": operator.le,
    "GreaterThanEquals": operator.ge,
}


def _as_text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _as_number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _as_boolean(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _as_instant(value: Json) -> datetime | None:
    return parse_instant(value)


def _comparison(read: Callable[[Json], Json], order: Test) -> Test:
    def test(value: Json, expected: Json) -> bool:
        one, other = read(value), read(expected)
        return one is not None and other is not None and order(one, other)

    return test


def _string_matches(value: Json, pattern: Json) -> bool:
    r"""``*`` stands for any characters, ``\*`` and ``\\`` for themselves."""
    if not isinstance(value, str):
        return False
    pieces = re.findall(r"\\[*\\]|\*|[^*\\]+|\\", pattern)
    expression = "".join(".*" if piece == "*" else re.escape(_plain(piece)) for piece in pieces)
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _plain(piece: str) -> str:
    return piece[1:] if piece in {"\\*", "\\\\"} else piece


COMPARISONS: Mapping[str, Test] = {
    **{f"String{name}": _comparison(_as_text, order) for name, order in _ORDERS.items()},
    **{f"Numeric{name}": _comparison(_as_number, order) for name, order in _ORDERS.items()},
    **{f"Timestamp{name}": _comparison(_as_instant, order) for name, order in _ORDERS.items()},
    "BooleanEquals": _comparison(_as_boolean, operator.eq),
    "StringMatches": _string_matches,
}
_TYPES: Mapping[str, Callable[[Json], bool]] = {
    "IsNull": lambda value: value is None,
    "IsNumeric": lambda value: _as_number(value) is not None,
    "IsString": lambda value: isinstance(value, str),
    "IsBoolean": lambda value: isinstance(value, bool),
    "IsTimestamp": lambda value: _as_instant(value) is not None,
}


def compile_rule(rule: Fields) -> Evaluate:
    """A rule as a predicate on what ``$`` stands for.

    Raises:
        ValueError: it has no operator, several, or one that is unknown.
    """
    operators = [name for name in rule if name not in _NOT_OPERATORS]
    if len(operators) != 1:
        raise ValueError(f"a choice rule has exactly one operator, not [{', '.join(operators)}]")
    name, expected = operators[0], rule[operators[0]]
    if name == "Not":
        negated = compile_rule(expected)
        return lambda document, scope: not negated(document, scope)
    if name in {"And", "Or"}:
        rules = [compile_rule(part) for part in expected]
        combine = all if name == "And" else any
        return lambda document, scope: combine(part(document, scope) for part in rules)
    return _compile_test(name, parse_path(rule.get("Variable", "")), expected)


def _compile_test(name: str, variable: Path, expected: Json) -> Evaluate:
    if name == "IsPresent":
        return lambda document, scope: _is_present(variable, document, scope) is expected
    if name in _TYPES:
        is_type = _TYPES[name]
        return lambda document, scope: is_type(_read(variable, document, scope)) is expected
    test = COMPARISONS.get(name.removesuffix("Path"))
    if test is None:
        raise ValueError(f"{name} is not an operator of choice rules")
    if name.endswith("Path"):
        other = parse_path(expected)
        return lambda document, scope: test(
            _read(variable, document, scope), _read(other, document, scope)
        )
    return lambda document, scope: test(_read(variable, document, scope), expected)


def _is_present(path: Path, document: Json, scope: Scope) -> bool:
    try:
        path.read(document, scope)
    except PathNotFoundError:
        return False
    return True


def _read(path: Path, document: Json, scope: Scope) -> Json:
    try:
        return path.read(document, scope)
    except PathNotFoundError as missing:
        detail = (
            f"Invalid path '{path.text}': The choice state's condition path references an"
            " invalid value."
        )
        raise QueryFailure(RUNTIME, detail) from missing
