"""Compiles and evaluates JSONata expressions for Step Functions, on the jsonata-python library."""

from __future__ import annotations

import math
import threading
from functools import lru_cache
from typing import Any

from jsonata.jexception import JException
from jsonata.jsonata import Jsonata
from jsonata.utils import Utils

from embedded_aws.stepfunctions.documents import Json, dumps, type_name
from embedded_aws.stepfunctions.errors import QUERY_EVALUATION_ERROR, QueryFailure
from embedded_aws.stepfunctions.languages import jsonata_errors
from embedded_aws.stepfunctions.languages.jsonata_functions import bound_functions
from embedded_aws.stepfunctions.languages.jsonata_mends import MendedJsonata
from embedded_aws.stepfunctions.languages.jsonata_references import References
from embedded_aws.stepfunctions.scope import ABSENT, Scope

# The library's compiled expressions share a parser per thread; one evaluation at a time
# keeps them apart, and costs nothing: it is pure Python.
_ENGINE = threading.Lock()
# AWS allows about a second of its own CPU; this only stops an expression that never ends.
_TIMEOUT_MILLISECONDS = 10_000
# Measured on AWS: deeper expressions overflow its stack (floci-io/floci pull request 2783).
_MAX_DEPTH = 100
# What the library lets out beside its own exception when an expression misuses a value.
_LIBRARY_ERRORS = (
    JException, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


class JsonataSyntaxError(ValueError):
    """A text is no JSONata expression; the message says why, in JSONata's words."""


class Expression:
    """One ``{% ... %}`` of a definition, compiled once and evaluated by any thread.

    Attributes:
        location: The field that it stands in, such as ``Output/total``.
        free_variables: The variables of the state machine that it refers to.
        states_fields: The fields of ``$states`` that it reads.
        context_names: Names that it reads of a context, which no field has.
    """

    def __init__(self, text: str, location: str) -> None:
        self.text = text
        self.location = location
        self._compiled, references = _compile(text)
        self.free_variables = references.free_variables
        self.states_fields = references.states_fields
        self.context_names = references.context_names

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
            bounds = Jsonata.Frame(None)
            bounds.set_runtime_bounds(_TIMEOUT_MILLISECONDS, _MAX_DEPTH)
            # The library's functions look for the running expression here.
            Jsonata.CURRENT.jsonata = self._compiled
            try:
                return self._compiled.evaluate_within(bindings, bounds)
            except _LIBRARY_ERRORS as thrown:
                what = f"threw an error during evaluation{jsonata_errors.ending(thrown)}"
                raise self._failure(what) from thrown

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
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _number(value: float) -> Json:
    # Measured on AWS: 1/0 is the string "Infinity" (floci-io/floci issue 2737).
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value.is_integer() else value


@lru_cache(maxsize=2_048)
def _compile(text: str) -> tuple[MendedJsonata, References]:
    # Definitions repeat themselves and come again with each update; an evaluation leaves no trace.
    with _ENGINE:
        try:
            compiled = MendedJsonata(text)
        except _LIBRARY_ERRORS as refused:
            raise JsonataSyntaxError(jsonata_errors.text(refused)) from refused
    compiled.set_output_convert_nulls(False)
    compiled.set_validate_input(False)
    return compiled, References.of(compiled.ast)


class Bindings(Jsonata.Frame):  # type: ignore[misc]  # the library has no types
    """What all expressions of one field see: functions, variables and ``$states``.

    Few expressions ask for more than one variable, so each is made ready when it is asked for.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(None)
        for name, function in bound_functions(scope).items():
            self.bind(name, function)
        self._unready: dict[str, Json] = {**scope.variables, "states": _states(scope)}

    def lookup(self, name: str) -> Any:  # noqa: ANN401  # a function, or JSON as the library has it
        """What a name stands for."""
        if name in self._unready:
            self.bind(name, _with_nulls(self._unready.pop(name)))
        return super().lookup(name)


def bind(scope: Scope) -> Bindings:
    """What all expressions of one field see."""
    return Bindings(scope)


def _states(scope: Scope) -> dict[str, Json]:
    states = {"input": scope.input, "context": scope.context}
    if scope.result is not ABSENT:
        states["result"] = scope.result
    if scope.error_output is not ABSENT:
        states["errorOutput"] = scope.error_output
    return states


def _with_nulls(value: Json) -> Any:  # noqa: ANN401  # JSON with the library's own null
    # To the library, Python's None is JSONata's undefined: $map would drop it.
    if value is None:
        return Utils.NULL_VALUE
    if isinstance(value, list):
        return [_with_nulls(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_nulls(item) for key, item in value.items()}
    return value
