"""Where jsonata-python 0.7.1 differs from JSONata 2.0.6: numbers, sorting, errors of a function.

Found by running JSONata's own test suite on the library.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from jsonata.functions import Functions
from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from embedded_aws.stepfunctions.documents import Json

MEMORY_EXCEEDED = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
# Measured on AWS: [1..873782] is evaluated, [1..873783] is not (floci-io/floci issue 2737).
MAX_SEQUENCE = 873_782
_JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([Ee][-+]?\d+)?")
_RADIX_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+")
_ISO_INSTANT = re.compile(
    r"\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?"
)
_LONGEST_PLAIN = 1e21
_SMALLEST_PLAIN = 1e-7


def native(function: Callable[..., Any], signature: str) -> Any:  # noqa: ANN401  # the library's own type
    """A Python function as JSONata calls it."""
    return Jsonata.JFunction(Jsonata.JLambda(function), signature)


class MendedJsonata(Jsonata):  # type: ignore[misc]  # the library has no types
    """A compiled expression with JavaScript's arithmetic."""

    def get_per_thread_instance(self) -> MendedJsonata:
        """Itself: the engine evaluates one expression at a time."""
        return self

    def evaluate_within(self, outer: Jsonata.Frame, bounds: Jsonata.Frame) -> Any:  # noqa: ANN401
        """The value where names mean what ``outer`` says; the library would copy all of them."""
        own: Jsonata.Frame = self.environment  # type: ignore[has-type]
        self.environment, outer.parent = outer, own
        try:
            return self.evaluate(None, bounds)
        finally:
            self.environment = own

    def evaluate_numeric_expression(self, lhs: Json, rhs: Json, op: str) -> Json:
        """The library cuts remainders to integers, and raises where JavaScript has infinity."""
        if not (Utils.is_numeric(lhs) and Utils.is_numeric(rhs)):
            return super().evaluate_numeric_expression(lhs, rhs, op)
        return _shortest(_ARITHMETIC[op](float(lhs), float(rhs)))

    def evaluate_range_expression(self, lhs: Json, rhs: Json) -> Json:
        """The library knows no bound on memory."""
        items = super().evaluate_range_expression(lhs, rhs)
        if items is not None and rhs - lhs >= MAX_SEQUENCE:
            raise JException(MEMORY_EXCEEDED)
        return items


def _divide(dividend: float, divisor: float) -> float:
    if divisor:
        return dividend / divisor
    if not dividend or math.isnan(dividend):
        return math.nan
    return math.copysign(math.inf, dividend) * math.copysign(1.0, divisor)


def _remainder(dividend: float, divisor: float) -> float:
    return math.fmod(dividend, divisor) if divisor else math.nan


_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": _remainder,
}


def _shortest(number: float) -> float:
    return int(number) if number.is_integer() else number


def _number(value: Json) -> Json:
    if not isinstance(value, str):
        return Functions.number(value)
    if _RADIX_NUMBER.fullmatch(value):
        return int(value, 0)
    if _JSON_NUMBER.fullmatch(value) and math.isfinite(float(value)):
        return _shortest(float(value))
    raise JException("D3030", -1, value)


def _power(base: float | None, exponent: float) -> Json:
    if base is None:
        return None
    try:
        result = float(base) ** float(exponent)
    except ArithmeticError as unrepresentable:
        raise JException("D3061", -1, base, exponent) from unrepresentable
    if isinstance(result, complex):
        raise JException("D3061", -1, base, exponent)
    return _shortest(result)


def _to_millis(timestamp: str | None, picture: str | None = None) -> Json:
    if timestamp is not None and picture is None and not _ISO_INSTANT.fullmatch(timestamp):
        raise JException("D3110", -1, timestamp)
    return Functions.datetime_to_millis(timestamp, picture)


def _string(value: Json, prettify: Json = None) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_text(value)
    text: str | None = Functions.string(value, prettify)
    return text


def _number_text(number: float) -> str:
    if not math.isfinite(number):
        raise JException("D3001", -1)
    rounded = float(f"{number:.15g}")
    if rounded.is_integer() and abs(rounded) < _LONGEST_PLAIN:
        return str(int(rounded))
    if abs(rounded) >= _SMALLEST_PLAIN and abs(rounded) < _LONGEST_PLAIN:
        return f"{Decimal(repr(rounded)):f}"
    return re.sub(r"e([+-])0+", r"e\1", repr(rounded))


def _sort(array: list[Json] | None, comparator: Json = None) -> list[Json] | None:
    if array is None or len(array) <= 1:
        return array
    if comparator is not None:
        return _merge_sorted(list(array), lambda a, b: Functions.func_apply(comparator, [a, b]))
    if not (Utils.is_array_of_numbers(array) or Utils.is_array_of_strings(array)):
        raise JException("D3070", -1)
    return sorted(array)


def _merge_sorted(items: list[Json], swaps: Callable[[Json, Json], Json]) -> list[Json]:
    # A comparator says whether two neighbours must swap, so it orders nothing that is equal.
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left, right = _merge_sorted(items[:middle], swaps), _merge_sorted(items[middle:], swaps)
    merged: list[Json] = []
    while left and right:
        merged.append((right if swaps(left[0], right[0]) is True else left).pop(0))
    return [*merged, *left, *right]


MENDED = {
    "number": native(_number, "<(nsb)-:n>"),
    "power": native(_power, "<n-n:n>"),
    "sort": native(_sort, "<af?:a>"),
    "string": native(_string, "<x-b?:s>"),
    "toMillis": native(_to_millis, "<s-s?:n>"),
}
