"""JSONPath states: ``InputPath``, ``Parameters``, ``ResultPath``, ``OutputPath`` and their kin."""

from __future__ import annotations

from collections.abc import Callable

from embedded_aws.stepfunctions.definition import Exit
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import RESULT_PATH_MATCH_FAILURE, RUNTIME, QueryFailure
from embedded_aws.stepfunctions.languages.choice_rules import compile_rule
from embedded_aws.stepfunctions.languages.instants import parse_instant
from embedded_aws.stepfunctions.languages.intrinsics import Evaluate
from embedded_aws.stepfunctions.languages.language import Fields
from embedded_aws.stepfunctions.languages.paths import (
    Path,
    PathNotFoundError,
    parse_path,
    parse_reference_path,
)
from embedded_aws.stepfunctions.languages.payload_templates import compile_lookup, compile_payload
from embedded_aws.stepfunctions.scope import ABSENT, Query, Scope, constant

# ASL specification: all other fields of this kind take reference paths.
_ANY_PATH = {"InputPath", "OutputPath"}


class JsonPathLanguage:
    """Compiles the fields of JSONPath states."""

    def pass_result(self, fields: Fields) -> Query:
        """``Result``, else the parameters."""
        return constant(fields["Result"]) if "Result" in fields else self.arguments(fields)

    def arguments(self, fields: Fields) -> Query:
        """``Parameters`` on the effective input, else that input itself."""
        return _payload(fields, "Parameters", _effective_input(fields))

    def credentials(self, fields: Fields) -> Query | None:
        """``Credentials`` on the effective input; the role may be a path or an intrinsic."""
        if "Credentials" not in fields:
            return None
        return _payload(fields, "Credentials", _effective_input(fields))

    def exit(self, fields: Fields) -> Exit:
        """``ResultSelector``, ``ResultPath`` and ``OutputPath``, in this order."""
        effective = _effective_input(fields)
        select = _payload(fields, "ResultSelector", lambda scope: scope.result)

        def result(scope: Scope) -> Json:
            return effective(scope) if scope.result is ABSENT else select(scope)

        place = _result_path(fields)
        take = _path_field(fields, "OutputPath")

        def output(scope: Scope) -> Json:
            value = result(scope)
            return take(value if scope.result is ABSENT else place(scope.input, value), scope)

        return Exit(output, _assign(fields, result), fields.get("Next"))

    def caught(self, catcher: Fields, location: str) -> Exit:  # noqa: ARG002
        """The error output at the catcher's ``ResultPath``."""
        place = _result_path(catcher)
        return Exit(
            lambda scope: place(scope.input, scope.error_output),
            _assign(catcher, lambda scope: scope.error_output),
            catcher["Next"],
        )

    def chosen(self, rule: Fields, state: Fields, location: str) -> Exit:  # noqa: ARG002
        """The state's own paths; the rule's variables."""
        without_assign = {name: value for name, value in state.items() if name != "Assign"}
        assign = {"Assign": rule["Assign"]} if "Assign" in rule else {}
        return self.exit({**without_assign, **assign, "Next": rule["Next"]})

    def condition(self, rule: Fields, state: Fields, location: str) -> Query:  # noqa: ARG002
        """The comparison that a rule states, on the effective input."""
        test, effective = compile_rule(rule), _effective_input(state)
        return lambda scope: test(effective(scope), scope)

    def delay_seconds(self, fields: Fields) -> Query:
        """``Seconds``, ``Timestamp``, or a path to one of them."""
        if "Seconds" in fields:
            return constant(fields["Seconds"])
        if "SecondsPath" in fields:
            return _seconds_at(fields)
        return _until(fields)

    def whole_number(self, fields: Fields, name: str) -> Query | None:
        """A literal, or a path in the field named ``...Path``."""
        if name in fields:
            return constant(fields[name])
        field = f"{name}Path"
        return _number_at(fields, field) if field in fields else None

    def text(self, fields: Fields, name: str) -> Query | None:
        """A literal, or a path or intrinsic in the field named ``...Path``."""
        if name in fields:
            return constant(fields[name])
        field = f"{name}Path"
        if field not in fields:
            return None
        look_up = compile_lookup(fields[field], field)
        return lambda scope: look_up(scope.input, scope)

    def items(self, fields: Fields) -> Query:
        """``ItemsPath`` on the effective input."""
        effective, take = _effective_input(fields), _path_field(fields, "ItemsPath")

        def query(scope: Scope) -> Json:
            value = take(effective(scope), scope)
            if isinstance(value, list):
                return value
            path = fields.get("ItemsPath", "$")
            detail = f'Reference path "{path}" must point to array.'
            raise QueryFailure(RUNTIME, detail)

        return query

    def item_selector(self, fields: Fields) -> Query | None:
        """``ItemSelector``, or its old name ``Parameters``, on the effective input."""
        for name in ("ItemSelector", "Parameters"):
            if name in fields:
                return _payload(fields, name, _effective_input(fields))
        return None


def _effective_input(fields: Fields) -> Query:
    take = _path_field(fields, "InputPath")
    return lambda scope: take(scope.input, scope)


def _payload(fields: Fields, name: str, document: Query) -> Query:
    if name not in fields:
        return document
    template: Evaluate = compile_payload(fields[name])
    return lambda scope: template(document(scope), scope)


def _assign(fields: Fields, document: Query) -> Query:
    return _payload(fields, "Assign", document) if "Assign" in fields else constant({})


def _path_field(fields: Fields, name: str) -> Evaluate:
    text = fields.get(name, "$")
    if text is None:
        return lambda _document, _scope: {}
    path = parse_path(text) if name in _ANY_PATH else parse_reference_path(text, name)
    return lambda document, scope: _read(path, document, scope)


def _read(path: Path, document: Json, scope: Scope) -> Json:
    try:
        return path.read(document, scope)
    except PathNotFoundError as missing:
        detail = f"Invalid path '{path.text}' : {missing.reason}"
        raise QueryFailure(RUNTIME, detail) from missing


def _result_path(fields: Fields) -> Callable[[Json, Json], Json]:
    text = fields.get("ResultPath", "$")
    if text is None:
        return lambda state_input, _result: state_input
    path = parse_reference_path(text, "ResultPath")
    if path.is_context or path.variable is not None:
        raise ValueError("The value for the field 'ResultPath' must lead into the input")
    names = path.names or ()
    return lambda state_input, result: _placed(state_input, names, result, text)


def _placed(value: Json, names: tuple[str | int, ...], result: Json, text: str) -> Json:
    if not names:
        return result
    name, rest = names[0], names[1:]
    if isinstance(name, int) and isinstance(value, list) and 0 <= name < len(value):
        return [*value[:name], _placed(value[name], rest, result, text), *value[name + 1 :]]
    if isinstance(name, str) and isinstance(value, dict):
        return {**value, name: _placed(value.get(name, {}), rest, result, text)}
    detail = f"Unable to apply step \"{name}\" of ResultPath '{text}' to input {dumps(value)}"
    raise QueryFailure(RESULT_PATH_MATCH_FAILURE, detail)


def _number_at(fields: Fields, field: str) -> Query:
    effective, take = _effective_input(fields), _path_field(fields, field)

    def query(scope: Scope) -> Json:
        value = take(effective(scope), scope)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        shown = value if isinstance(value, str) else dumps(value)
        detail = (
            f'The {field} field refers to value "{shown}" which is not a valid integer:'
            f" {fields[field]}"
        )
        raise QueryFailure(RUNTIME, detail)

    return query


def _seconds_at(fields: Fields) -> Query:
    text, effective = fields["SecondsPath"], _effective_input(fields)
    path = parse_reference_path(text, "SecondsPath")

    def query(scope: Scope) -> Json:
        try:
            value = path.read(effective(scope), scope)
        except PathNotFoundError as missing:
            detail = f"The SecondsPath parameter does not reference an input value: {text}"
            raise QueryFailure(RUNTIME, detail) from missing
        if not isinstance(value, int) or isinstance(value, bool):
            what = "cannot be parsed as a long value"
        elif value < 0:
            what = "references a negative value"
        else:
            return value
        detail = f"The SecondsPath parameter {what}: {text} == {dumps(value)}"
        raise QueryFailure(RUNTIME, detail)

    return query


def _until(fields: Fields) -> Query:
    effective = _effective_input(fields)
    read = (
        _path_field(fields, "TimestampPath")
        if "TimestampPath" in fields
        else compile_payload(fields["Timestamp"])
    )

    def query(scope: Scope) -> Json:
        value = read(effective(scope), scope)
        when = parse_instant(value)
        if when is None:
            detail = (
                "The TimestampPath parameter does not reference a valid ISO-8601 extended offset"
                f" date-time format string: {fields['TimestampPath']} == {value}"
            )
            raise QueryFailure(RUNTIME, detail)
        return max(0.0, (when - scope.now()).total_seconds())

    return query
