"""The texts of JSONata's errors, as AWS puts them into a cause.

The library's texts say "Object" where JSONata 2.0.6 says "function", leave inserts unquoted, and
often carry no code; ``T0412: Argument 1 of function "sum" must be an array of "numbers"`` is what
AWS writes (measured, floci-io/floci issue 2668).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonata.jexception import JException
from jsonata.utils import Utils

from embedded_aws.stepfunctions.documents import dumps
from embedded_aws.stepfunctions.languages.jsonata_mends import MEMORY_EXCEEDED

_STACK_OVERFLOW = (
    "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as"
    " tail-recursive"
)
# The text of JSONata's own guardrail; AWS's is not documented.
_TIMED_OUT = "Expression evaluation timeout: Check for infinite loop"
_BOUNDS = {"D1011": _STACK_OVERFLOW, "D1012": _TIMED_OUT, MEMORY_EXCEEDED: MEMORY_EXCEEDED}
_INSERT = re.compile(r"\{\{\{\w+\}\}\}|\{\{\w+\}\}")
_ARRAY_TYPES = {
    "a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects",
    "s": "strings",
}  # fmt: skip
_TEMPLATES: dict[str, str] = {
    code: text.replace("Object", "function").replace('"', "'")
    for code, text in JException.error_codes.items()
}
_CODES = {text: code for code, text in _TEMPLATES.items()}


def ending(error: BaseException) -> str:
    """How AWS goes on after "threw an error during evaluation": a bound, or a coded text."""
    if isinstance(error, RecursionError):
        return f": {_STACK_OVERFLOW}"
    if isinstance(error, JException) and error.error in _BOUNDS:
        return f": {_BOUNDS[error.error]}"
    return f". {coded(error)}"


def coded(error: BaseException) -> str:
    """``T2001: The left side of ...``; a text without its code where the library has none."""
    if not isinstance(error, JException):
        return _with_code(str(error) or type(error).__name__)
    template = _TEMPLATES.get(error.error)
    if template is None:
        return _with_code(str(error.error))
    return f"{error.error}: {_filled(template, _inserts(error))}"


def text(error: BaseException) -> str:
    """The same without the code, as the static checks report a syntax error."""
    return coded(error).partition(": ")[2] or coded(error)


def _with_code(plain_text: str) -> str:
    code = _CODES.get(plain_text.replace('"', "'"))
    return plain_text if code is None else f"{code}: {plain_text}"


def _inserts(error: JException) -> Iterator[Any]:
    values = [error.current, error.expected, error.extra]
    if error.error == "T0412":
        values[2] = _ARRAY_TYPES.get(str(error.extra), error.extra)
    return iter(values)


def _filled(template: str, values: Iterator[Any]) -> str:
    def insert(found: re.Match[str]) -> str:
        value = next(values, None)
        return str(value) if found[0].startswith("{{{") else _shown(value)

    return _INSERT.sub(insert, template)


def _shown(value: Any) -> str:  # noqa: ANN401  # whatever the library put into its error
    if value is None or value is Utils.NULL_VALUE:
        return "null"
    try:
        return dumps(value)
    except TypeError:
        return dumps(str(value))
