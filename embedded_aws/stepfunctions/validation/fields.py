"""Which fields each type of state may and must have, in each query language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.languages.instants import parse_instant
from embedded_aws.stepfunctions.languages.jsonata import expression_text
from embedded_aws.stepfunctions.validation.problem import SCHEMA, Problem

# In the order in which AWS lists them (recorded, LocalStack's test_state_name_invalid_state...).
TYPES = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")

Fields = Mapping[str, Json]

_EVERYWHERE = {"Type", "Comment", "QueryLanguage"}
_GOING_ON = {"Next", "End"}
_FIELDS: Mapping[str, set[str]] = {
    "Pass": _GOING_ON,
    "Task": {
        *_GOING_ON, "Resource", "TimeoutSeconds", "HeartbeatSeconds", "Credentials",
        "Retry", "Catch",
    },
    "Choice": {"Choices", "Default"},
    "Wait": {*_GOING_ON, "Seconds", "Timestamp"},
    "Succeed": set(),
    "Fail": {"Error", "Cause"},
    "Parallel": {*_GOING_ON, "Branches", "Retry", "Catch"},
    "Map": {
        *_GOING_ON, "ItemProcessor", "Iterator", "ItemSelector", "MaxConcurrency", "Retry",
        "Catch",
    },
}  # fmt: skip
_JSONATA: Mapping[str, set[str]] = {
    "Pass": {"Output", "Assign"},
    "Task": {"Arguments", "Output", "Assign"},
    "Choice": {"Output", "Assign"},
    "Wait": {"Output", "Assign"},
    "Succeed": {"Output"},
    "Fail": set(),
    "Parallel": {"Arguments", "Output", "Assign"},
    "Map": {"Items", "Output", "Assign"},
}
_PATHS = {"InputPath", "OutputPath"}
_JSONPATH: Mapping[str, set[str]] = {
    "Pass": {*_PATHS, "ResultPath", "Parameters", "Result", "Assign"},
    "Task": {
        *_PATHS, "ResultPath", "Parameters", "ResultSelector", "Assign",
        "TimeoutSecondsPath", "HeartbeatSecondsPath",
    },
    "Choice": {*_PATHS, "Assign"},
    "Wait": {*_PATHS, "Assign", "SecondsPath", "TimestampPath"},
    "Succeed": _PATHS,
    "Fail": {"ErrorPath", "CausePath"},
    "Parallel": {*_PATHS, "ResultPath", "Parameters", "ResultSelector", "Assign"},
    "Map": {
        *_PATHS, "ResultPath", "ResultSelector", "ItemsPath", "MaxConcurrencyPath", "Assign",
        "Parameters",
    },
}  # fmt: skip
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Task": ("Resource",),
    "Choice": ("Choices",),
    "Parallel": ("Branches",),
}
_REQUIRED_ONE_OF: Mapping[str, tuple[str, ...]] = {
    "Map": ("ItemProcessor", "Iterator"),
    "Wait": ("Seconds", "Timestamp", "SecondsPath", "TimestampPath"),
}
# Of these, a state has at most one. Iterator and a Map's Parameters are the deprecated names of
# ItemProcessor and ItemSelector.
_EXCLUSIVE = (
    ("ItemProcessor", "Iterator"),
    ("ItemSelector", "Parameters"),
    ("Seconds", "Timestamp", "SecondsPath", "TimestampPath"),
    ("Next", "End"),
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
    ("Error", "ErrorPath"),
    ("Cause", "CausePath"),
)
_NOT_EMULATED = {
    "ItemReader", "ItemBatcher", "ResultWriter", "Label",
    "ToleratedFailureCount", "ToleratedFailureCountPath",
    "ToleratedFailurePercentage", "ToleratedFailurePercentagePath",
}  # fmt: skip


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_positive(value: Json) -> bool:
    return _is_whole(value) and value > 0


_SHAPES: Mapping[str, tuple[Callable[[Json], bool], str]] = {
    "Comment": (_is_text, "a string"),
    "Next": (_is_text, "a string"),
    "Default": (_is_text, "a string"),
    "End": (lambda value: value is True, "true"),
    "Resource": (_is_text, "a string"),
    "Seconds": (_is_whole, "a non-negative integer"),
    "TimeoutSeconds": (_is_positive, "a positive integer"),
    "HeartbeatSeconds": (_is_positive, "a positive integer"),
    "Credentials": (lambda value: isinstance(value, dict), "an object"),
    "MaxConcurrency": (_is_whole, "a non-negative integer"),
    "Error": (_is_text, "a string"),
    "Cause": (_is_text, "a string"),
    "Items": (lambda value: isinstance(value, list), "an array"),
    "Assign": (lambda value: isinstance(value, dict), "an object"),
    "Choices": (lambda value: isinstance(value, list), "an array"),
    "Branches": (lambda value: isinstance(value, list), "an array"),
    "ItemProcessor": (lambda value: isinstance(value, dict), "an object"),
    "Iterator": (lambda value: isinstance(value, dict), "an object"),
    "Retry": (lambda value: isinstance(value, list), "an array"),
    "Catch": (lambda value: isinstance(value, list), "an array"),
}
_MAY_BE_EXPRESSIONS = {
    "Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency", "Error",
    "Cause", "Items",
}  # fmt: skip


def allowed_fields(kind: str, language: str) -> frozenset[str]:
    """The fields that a state of some type may have in a query language, beside ``Type``."""
    own = _JSONATA if language == "JSONata" else _JSONPATH
    return frozenset((_EVERYWHERE | _FIELDS[kind] | own[kind]) - {"Type"})


def check_fields(state: Fields, language: str, location: str) -> Iterator[Problem]:
    """Fields that are unknown, missing, contradictory or of a wrong form."""
    kind = state["Type"]
    for name in state:
        if name in _NOT_EMULATED:
            message = f"The embedded AWS does not support the field '{name}'"
            yield Problem(SCHEMA, message, f"{location}/{name}")
        elif name not in _EVERYWHERE | _FIELDS[kind]:
            yield from _check_language(name, kind, language, location)
    missing = [name for name in _REQUIRED.get(kind, ()) if name not in state]
    if missing:
        message = f"These fields are required: [{', '.join(missing)}]"
        yield Problem(SCHEMA, message, location)
    yield from _check_choice_of_fields(state, location)
    yield from check_shapes(state, language, location)


def _check_language(name: str, kind: str, language: str, location: str) -> Iterator[Problem]:
    # The texts are AWS's (floci-io/floci issues 2735 and 2968); JSONPath fields by analogy.
    own, other = ("JSONata", "JSONPath") if language == "JSONata" else ("JSONPath", "JSONata")
    known = {"JSONata": _JSONATA[kind], "JSONPath": _JSONPATH[kind]}
    if name in known[own]:
        return
    message = f"Field '{name}' is not supported"
    if name in known[other]:
        message = (
            f"The QueryLanguage is set to '{own}', but field '{name}' is only supported for the"
            f" '{other}' QueryLanguage"
        )
    yield Problem(SCHEMA, message, location)


def check_shapes(fields: Fields, language: str, location: str) -> Iterator[Problem]:
    """Values of a wrong form; where an expression may stand, its result is checked at run time."""
    for name, value in fields.items():
        may_be = language == "JSONata" and name in _MAY_BE_EXPRESSIONS
        if may_be and expression_text(value) is not None:
            continue
        if name == "Timestamp" and parse_instant(value) is None:
            message = "String does not match RFC3339 timestamp"
            yield Problem(SCHEMA, message, f"{location}/{name}")
        elif name in {"Choices", "Branches"} and value == []:
            # Recorded on AWS (LocalStack, test_parallel_state_empty_branches).
            yield Problem(SCHEMA, "Value cannot be empty", f"{location}/{name}")
        elif name in _SHAPES and not _SHAPES[name][0](value):
            message = f"The value for the field '{name}' must be {_SHAPES[name][1]}"
            yield Problem(SCHEMA, message, f"{location}/{name}")


def _check_choice_of_fields(state: Fields, location: str) -> Iterator[Problem]:
    for names in _EXCLUSIVE:
        present = [name for name in names if name in state]
        if len(present) > 1:
            message = f"Only one of these fields is allowed: [{', '.join(present)}]"
            yield Problem(SCHEMA, message, location)
    alternatives = _REQUIRED_ONE_OF.get(state["Type"], ())
    if alternatives and not any(name in state for name in alternatives):
        message = f"One of these fields is required: [{', '.join(alternatives)}]"
        yield Problem(SCHEMA, message, location)
    if "Next" in _FIELDS[state["Type"]] and not ("Next" in state or "End" in state):
        yield Problem(SCHEMA, "One of these fields is required: [Next, End]", location)
