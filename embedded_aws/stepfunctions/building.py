"""Builds the frozen definition of a state machine from JSON that the static checks have passed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from embedded_aws.stepfunctions import definition
from embedded_aws.stepfunctions.integrations.catalogue import integration_for
from embedded_aws.stepfunctions.languages.jsonata import JsonataLanguage
from embedded_aws.stepfunctions.languages.jsonpath import JsonPathLanguage
from embedded_aws.stepfunctions.languages.language import Fields, QueryLanguage
from embedded_aws.stepfunctions.scope import constant

JSONATA, JSONPATH = "JSONata", "JSONPath"
_LANGUAGES: Mapping[str, QueryLanguage] = {
    JSONATA: JsonataLanguage(),
    JSONPATH: JsonPathLanguage(),
}


def build_machine(document: Fields) -> definition.Machine:
    """The definition as a value; see ``validation`` for what it must have passed."""
    language = document.get("QueryLanguage", JSONPATH)
    return definition.Machine(_workflow(document, language), document.get("TimeoutSeconds"))


def build_state(name: str, fields: Fields, language: str) -> definition.State:
    """One state and all below it; ``language`` is the machine's, unless the state names its own.

    States below do not inherit the state's own (measured on AWS, floci-io/floci issue 2968).

    Raises:
        ValueError: an expression, a path or a resource is none; the message says which.
    """
    chosen = _LANGUAGES[fields.get("QueryLanguage", language)]
    if fields["Type"] in _WITH_WORKFLOWS:
        return _WITH_WORKFLOWS[fields["Type"]](name, fields, chosen, language)
    return _BUILDERS[fields["Type"]](name, fields, chosen)


def _workflow(fields: Fields, language: str) -> definition.Workflow:
    states = {name: build_state(name, state, language) for name, state in fields["States"].items()}
    return definition.Workflow(fields["StartAt"], states)


def _pass(name: str, fields: Fields, chosen: QueryLanguage) -> definition.State:
    return definition.PassState(name, chosen.pass_result(fields), chosen.exit(fields))


def _succeed(name: str, fields: Fields, chosen: QueryLanguage) -> definition.State:
    return definition.SucceedState(name, chosen.exit(fields))


def _fail(name: str, fields: Fields, chosen: QueryLanguage) -> definition.State:
    return definition.FailState(name, chosen.text(fields, "Error"), chosen.text(fields, "Cause"))


def _wait(name: str, fields: Fields, chosen: QueryLanguage) -> definition.State:
    return definition.WaitState(name, chosen.delay_seconds(fields), chosen.exit(fields))


def _choice(name: str, fields: Fields, chosen: QueryLanguage) -> definition.State:
    rules = tuple(
        definition.ChoiceRule(
            chosen.condition(rule, fields, f"Choices[{index}]"),
            chosen.chosen(rule, fields, f"Choices[{index}]"),
        )
        for index, rule in enumerate(fields["Choices"])
    )
    default = fields.get("Default")
    otherwise = None if default is None else chosen.exit({**fields, "Next": default})
    return definition.ChoiceState(name, rules, otherwise)


def _task(name: str, fields: Fields, chosen: QueryLanguage) -> definition.State:
    return definition.TaskState(
        name,
        chosen.exit(fields),
        _retriers(fields),
        _catchers(fields, chosen),
        integration_for(fields["Resource"]),
        chosen.arguments(fields),
        chosen.whole_number(fields, "TimeoutSeconds"),
        chosen.whole_number(fields, "HeartbeatSeconds"),
        chosen.credentials(fields),
    )


def _parallel(name: str, fields: Fields, chosen: QueryLanguage, language: str) -> definition.State:
    return definition.ParallelState(
        name,
        chosen.exit(fields),
        _retriers(fields),
        _catchers(fields, chosen),
        tuple(_workflow(branch, language) for branch in fields["Branches"]),
        chosen.arguments(fields),
    )


def _map(name: str, fields: Fields, chosen: QueryLanguage, language: str) -> definition.State:
    return definition.MapState(
        name,
        chosen.exit(fields),
        _retriers(fields),
        _catchers(fields, chosen),
        chosen.items(fields),
        chosen.item_selector(fields),
        _workflow(fields.get("ItemProcessor") or fields["Iterator"], language),
        chosen.whole_number(fields, "MaxConcurrency") or constant(0),
    )


def _retriers(fields: Fields) -> tuple[definition.Retrier, ...]:
    return tuple(_retrier(retrier) for retrier in fields.get("Retry", ()))


def _retrier(fields: Fields) -> definition.Retrier:
    return definition.Retrier(
        tuple(fields["ErrorEquals"]),
        fields.get("IntervalSeconds", 1),
        fields.get("MaxAttempts", 3),
        fields.get("BackoffRate", 2.0),
        fields.get("MaxDelaySeconds"),
        fields.get("JitterStrategy", "NONE") == "FULL",
    )


def _catchers(fields: Fields, language: QueryLanguage) -> tuple[definition.Catcher, ...]:
    return tuple(
        definition.Catcher(
            tuple(catcher["ErrorEquals"]), language.caught(catcher, f"Catch[{index}]")
        )
        for index, catcher in enumerate(fields.get("Catch", ()))
    )


_BUILDERS: Mapping[str, Callable[[str, Fields, QueryLanguage], definition.State]] = {
    "Pass": _pass,
    "Succeed": _succeed,
    "Fail": _fail,
    "Wait": _wait,
    "Choice": _choice,
    "Task": _task,
}
_WITH_WORKFLOWS: Mapping[str, Callable[[str, Fields, QueryLanguage, str], definition.State]] = {
    "Parallel": _parallel,
    "Map": _map,
}
