"""JSONata in a definition: that it can be parsed, and that it reads only what its field offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.languages.jsonata import expression_text
from embedded_aws.stepfunctions.languages.jsonata_engine import Expression, JsonataSyntaxError
from embedded_aws.stepfunctions.validation.problem import (
    INVALID_JSONATA,
    UNSUPPORTED_JSONATA,
    Problem,
)

Fields = Mapping[str, Json]
_OPEN, _CLOSE = "{%", "%}"
_ALWAYS = frozenset({"input", "context"})
_WITH_RESULT = _ALWAYS | {"result"}
_WITH_ERROR = _ALWAYS | {"errorOutput"}
# States that have a result; a Pass state's is not documented, so it may be read.
_WORKING = {"Task", "Parallel", "Map", "Pass"}
# Names, and the workflows inside, which are checked on their own.
_NO_EXPRESSIONS = {"Type", "Comment", "QueryLanguage", "Next", "Default", "Resource", "Retry"}
_WORKFLOWS = {"Branches", "ItemProcessor", "Iterator"}


def check_expressions(state: Fields, location: str) -> Iterator[Problem]:
    """What is wrong with the expressions of one JSONata state.

    Developer Guide, "Transforming data with JSONata": ``$states.result`` is there when the work
    is done, ``$states.errorOutput`` in a Catch only.
    """
    for field, value in state.items():
        where = f"{location}/{field}"
        if field == "Catch" and isinstance(value, list):
            for index, catcher in enumerate(value):
                yield from _check(catcher, _WITH_ERROR, f"{where}[{index}]")
        elif field in {"Output", "Assign"} and state["Type"] in _WORKING:
            yield from _check(value, _WITH_RESULT, where)
        elif field not in _NO_EXPRESSIONS | _WORKFLOWS:
            yield from _check(value, _ALWAYS, where)


def _check(value: Json, offered: frozenset[str], location: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _check(item, offered, f"{location}/{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _check(item, offered, f"{location}[{index}]")
    elif isinstance(value, str):
        yield from _check_text(value, offered, location)


def _check_text(value: str, offered: frozenset[str], location: str) -> Iterator[Problem]:
    text = expression_text(value)
    if text is None:
        # What AWS makes of such a text is not documented; nobody can mean it as a literal.
        if value.startswith(_OPEN) or value.endswith(_CLOSE):
            message = f"The expression '{value}' must begin with {_OPEN} and end with {_CLOSE}"
            yield Problem(INVALID_JSONATA, message, location)
        return
    try:
        expression = Expression(text, location)
    except JsonataSyntaxError as invalid:
        yield Problem(INVALID_JSONATA, str(invalid), location)
        return
    for name in expression.context_names:
        message = f"Reference to '{name}' at the top level is not supported."
        yield Problem(UNSUPPORTED_JSONATA, message, location)
    for field in expression.states_fields:
        if field not in offered:
            message = f"Field '$states.{field}' does not exist."
            yield Problem(UNSUPPORTED_JSONATA, message, location)
