"""Compiles and evaluates JSONata expressions for Step Functions, on the jsonata-python library."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.parser import Parser
from jsonata.utils import Utils

from embedded_aws.stepfunctions.documents import Json, dumps, type_name
from embedded_aws.stepfunctions.errors import QUERY_EVALUATION_ERROR, QueryFailure
from embedded_aws.stepfunctions.languages.jsonata_functions import bound_functions
from embedded_aws.stepfunctions.scope import ABSENT, Scope

# The library's compiled expressions share a parser per thread; one evaluation at a time
# keeps them apart, and costs nothing: it is pure Python.
_ENGINE = threading.Lock()
# AWS allows about a second of its own CPU; this only stops an expression that never ends.
_TIMEOUT_MILLISECONDS = 10_000
_MAX_DEPTH = 1_000
# What the library lets out beside its own exception when an expression misuses a value.
_LIBRARY_ERRORS = (
    JException, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


Bindings = Mapping[str, object]


class JsonataSyntaxError(ValueError):
    """A text is no JSONata expression, or uses what Step Functions does not allow."""


class Expression:
    """One ``{% ... %}`` of a definition, compiled once and evaluated by any thread.

    Attributes:
        location: The field that it stands in, such as ``Output/total``.
        free_variables: The variables of the state machine that it refers to.
    """

    def __init__(self, text: str, location: str) -> None:
        self.text = text
        self.location = location
        try:
            self._compiled = _compile(text)
        except JsonataSyntaxError as invalid:
            raise JsonataSyntaxError(
                f"The JSONata expression '{text}' specified for the field '{location}' is not"
                f" valid. {invalid}"
            ) from invalid
        self.free_variables = _free_variables(self._compiled.ast)

    def evaluate(self, bindings: Bindings) -> Json:
        """The expression's value, in plain JSON.

        Raises:
            QueryFailure: ``States.QueryEvaluationError`` if it throws or yields nothing.
        """
        value = self._raw(bindings)
        if value is None:
            raise self._failure("returned nothing (undefined).")
        try:
            return plain(value)
        except TypeError as foreign:
            raise self._failure("returned an unsupported result type.") from foreign

    def unexpected(self, expected: str, value: Json) -> QueryFailure:
        """The failure for a result of a type that the field cannot use."""
        return self._failure(
            f"returned an unexpected result type. Expected '{expected}',"
            f" but was '{type_name(value)}' for value: {dumps(value)}"
        )

    def _raw(self, bindings: Bindings) -> Any:  # noqa: ANN401  # whatever the library returns
        with _ENGINE:
            frame = Jsonata.Frame(None)
            frame.set_runtime_bounds(_TIMEOUT_MILLISECONDS, _MAX_DEPTH)
            for name, value in bindings.items():
                frame.bind(name, value)
            try:
                return self._compiled.evaluate(None, frame)
            except _LIBRARY_ERRORS as thrown:
                raise self._failure(
                    f"threw an error during evaluation. {_message(thrown)}"
                ) from thrown

    def _failure(self, what: str) -> QueryFailure:
        detail = f"The JSONata expression '{self.text}' specified for the field '{self.location}'"
        return QueryFailure(QUERY_EVALUATION_ERROR, f"{detail} {what}", self.location)


def plain(value: Any) -> Json:  # noqa: ANN401  # whatever the library returns
    """A library value as plain JSON; whole numbers are integers, as JSON.stringify writes them.

    Raises:
        TypeError: for functions and other values that JSON has no form for.
    """
    if value is None or value is Utils.NULL_VALUE:
        return None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _compile(text: str) -> Jsonata:
    with _ENGINE:
        try:
            compiled = Jsonata(text)
        except _LIBRARY_ERRORS as refused:
            raise JsonataSyntaxError(_message(refused)) from refused
    _refuse_eval(compiled.ast)
    compiled.set_output_convert_nulls(False)
    compiled.set_validate_input(False)
    return compiled


def bind(scope: Scope) -> Bindings:
    """What all expressions of one field see: functions, variables and ``$states``."""
    states = {"input": scope.input, "context": scope.context}
    if scope.result is not ABSENT:
        states["result"] = scope.result
    if scope.error_output is not ABSENT:
        states["errorOutput"] = scope.error_output
    return {**bound_functions(scope), **_with_nulls({**scope.variables, "states": states})}


def _with_nulls(value: Json) -> Any:  # noqa: ANN401  # JSON with the library's own null
    # To the library, Python's None is JSONata's undefined: $map would drop it.
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, list):
        return [_with_nulls(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_nulls(item) for key, item in value.items()}
    return value


def _message(error: BaseException) -> str:
    if isinstance(error, JException):
        return f"{error.error}: {error}"
    if isinstance(error, ArithmeticError):
        return "D1001: Number out of range: Infinity"
    return str(error) or type(error).__name__


def _free_variables(tree: object) -> frozenset[str]:
    symbols = list(_symbols(tree))
    named = {str(symbol.value) for symbol in symbols if symbol.type == "variable"}
    local = {"", "$", "states"}
    for symbol in symbols:
        if symbol.type in {"function", "partial"}:
            local.add(str(symbol.procedure.value))
        elif symbol.type == "lambda":
            local |= {str(argument.value) for argument in symbol.arguments}
        elif symbol.type == "bind":
            local.add(str(symbol.lhs.value))
    return frozenset(named - local)


def _refuse_eval(tree: object) -> None:
    for symbol in _symbols(tree):
        if symbol.type == "variable" and symbol.value == "eval":
            raise JsonataSyntaxError("$eval is not supported by Step Functions.")


def _symbols(tree: object) -> Iterator[Any]:
    pending, seen = [tree], set()
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, Parser.Symbol):
            yield current
            pending.extend(vars(current).values())
        elif isinstance(current, list | tuple):
            pending.extend(current)
