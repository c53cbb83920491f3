"""JSONata states: ``Arguments``, ``Output``, ``Assign``, ``Condition``, ``Items`` and their kin."""

from __future__ import annotations

from collections.abc import Callable

from embedded_aws.stepfunctions.definition import Exit
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import QUERY_EVALUATION_ERROR, QueryFailure
from embedded_aws.stepfunctions.languages.instants import parse_instant
from embedded_aws.stepfunctions.languages.jsonata_engine import Bindings, Expression, bind
from embedded_aws.stepfunctions.languages.language import Fields
from embedded_aws.stepfunctions.scope import ABSENT, Query, Scope, constant

Template = Callable[[Bindings], Json]
_OPEN, _CLOSE = "{%", "%}"


def expression_text(value: Json) -> str | None:
    """The expression in ``{% ... %}``, or None if the value is a literal."""
    if isinstance(value, str) and value.startswith(_OPEN) and value.endswith(_CLOSE):
        return value[len(_OPEN) : -len(_CLOSE)].strip()
    return None


class JsonataLanguage:
    """Compiles the fields of JSONata states."""

    def pass_result(self, fields: Fields) -> None:
        """There is no ``$states.result`` in a Pass state: Output works on the input."""

    def arguments(self, fields: Fields) -> Query:
        """``Arguments``, else the state's input."""
        return _template(fields, "Arguments") or (lambda scope: scope.input)

    def credentials(self, fields: Fields) -> Query | None:
        """``Credentials``, whose role may be an expression."""
        return _template(fields, "Credentials")

    def exit(self, fields: Fields) -> Exit:
        """``Output``, else the result; both see the variables as they were at entry."""
        return _exit(fields, _result)

    def caught(self, catcher: Fields, location: str) -> Exit:
        """``Output`` of the catcher, else the error output."""
        return _exit(catcher, lambda scope: scope.error_output, f"{location}/")

    def chosen(self, rule: Fields, state: Fields, location: str) -> Exit:  # noqa: ARG002
        """``Output`` of the rule, else the input."""
        return _exit(rule, _result, f"{location}/")

    def condition(self, rule: Fields, state: Fields, location: str) -> Query:  # noqa: ARG002
        """``Condition``, which must yield a boolean."""
        is_boolean: Callable[[Json], bool] = lambda value: isinstance(value, bool)  # noqa: E731
        return _typed(rule, "Condition", "boolean", is_boolean, f"{location}/")

    def delay_seconds(self, fields: Fields) -> Query:
        """``Seconds`` or ``Timestamp``."""
        seconds = self.whole_number(fields, "Seconds")
        if seconds is not None:
            return seconds
        timestamp = _typed(fields, "Timestamp", "string", lambda value: isinstance(value, str))
        return lambda scope: _seconds_until(timestamp(scope), scope)

    def whole_number(self, fields: Fields, name: str) -> Query | None:
        """A literal or an expression that yields a non-negative integer."""
        return _typed(fields, name, "number", _is_whole) if name in fields else None

    def text(self, fields: Fields, name: str) -> Query | None:
        """A literal or an expression that yields a string."""
        is_text: Callable[[Json], bool] = lambda value: isinstance(value, str)  # noqa: E731
        return _typed(fields, name, "string", is_text) if name in fields else None

    def items(self, fields: Fields) -> Query:
        """``Items``, else the input; an array either way."""
        if "Items" not in fields:
            return _input_array
        if isinstance(fields["Items"], list):
            return _template(fields, "Items") or _input_array
        return _typed(fields, "Items", "array", lambda value: isinstance(value, list))

    def item_selector(self, fields: Fields) -> Query | None:
        """``ItemSelector``, which sees the item in the context object."""
        return _template(fields, "ItemSelector")


def compile_template(value: Json, location: str) -> Template:
    """A JSON value whose ``{% ... %}`` strings are expressions.

    Raises:
        JsonataSyntaxError: if one of them is none.
    """
    text = expression_text(value)
    if text is not None:
        return Expression(text, location).evaluate
    if isinstance(value, dict):
        members = {key: compile_template(item, f"{location}/{key}") for key, item in value.items()}
        return lambda bindings: {key: member(bindings) for key, member in members.items()}
    if isinstance(value, list):
        items = [compile_template(item, f"{location}[{i}]") for i, item in enumerate(value)]
        return lambda bindings: [item(bindings) for item in items]
    return lambda _bindings: value


def _template(fields: Fields, name: str, prefix: str = "") -> Query | None:
    if name not in fields:
        return None
    template = compile_template(fields[name], f"{prefix}{name}")
    return lambda scope: template(bind(scope))


def _exit(fields: Fields, default_output: Query, prefix: str = "") -> Exit:
    output = _template(fields, "Output", prefix) or default_output
    assign = _template(fields, "Assign", prefix) or constant({})
    return Exit(output, assign, fields.get("Next"))


def _typed(
    fields: Fields, name: str, expected: str, fits: Callable[[Json], bool], prefix: str = ""
) -> Query:
    text = expression_text(fields[name])
    if text is None:
        return constant(fields[name])
    expression = Expression(text, f"{prefix}{name}")

    def query(scope: Scope) -> Json:
        value = expression.evaluate(bind(scope))
        if not fits(value):
            raise expression.unexpected(expected, value)
        return value

    return query


def _result(scope: Scope) -> Json:
    return scope.input if scope.result is ABSENT else scope.result


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _seconds_until(timestamp: str, scope: Scope) -> float:
    when = parse_instant(timestamp)
    if when is None:
        detail = (
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time"
            f" format string: {timestamp}"
        )
        raise QueryFailure(QUERY_EVALUATION_ERROR, detail, "Timestamp")
    return max(0.0, (when - scope.now()).total_seconds())


def _input_array(scope: Scope) -> Json:
    if isinstance(scope.input, list):
        return scope.input
    detail = f"Map state input must be an array but was: {dumps(scope.input)}"
    raise QueryFailure(QUERY_EVALUATION_ERROR, detail)
