"""Retry and Catch: their fields, and the places of the wildcards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.errors import ALL
from embedded_aws.stepfunctions.validation.problem import SCHEMA, Problem

Fields = Mapping[str, Json]
_RETRIER = {
    "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds",
    "JitterStrategy", "Comment",
}  # fmt: skip
_CATCHER = {
    "JSONata": {"ErrorEquals", "Next", "Output", "Assign", "Comment"},
    "JSONPath": {"ErrorEquals", "Next", "ResultPath", "Assign", "Comment"},
}
# Amazon States Language, "Retrying after an error": least and most of each number.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "IntervalSeconds": (1, 99_999_999),
    "MaxAttempts": (0, 99_999_999),
    "BackoffRate": (1.0, float("inf")),
    "MaxDelaySeconds": (1, 31_622_399),
}


def check_retrying(state: Fields, language: str, location: str) -> Iterator[Problem]:
    """What is wrong with the retriers and catchers of a state."""
    for name, known in (("Retry", _RETRIER), ("Catch", _CATCHER[language])):
        entries = state.get(name, [])
        if not isinstance(entries, list):
            continue
        for index, entry in enumerate(entries):
            where = f"{location}/{name}[{index}]"
            yield from _check_entry(entry, known, where)
            yield from _check_names(entry, index == len(entries) - 1, where)
            if name == "Retry":
                yield from _check_numbers(entry, where)


def _check_entry(entry: Fields, known: set[str], location: str) -> Iterator[Problem]:
    for name in entry:
        if name not in known:
            message = f"The field '{name}' is not supported by Step Functions"
            yield Problem(SCHEMA, message, f"{location}/{name}")
    required = {"ErrorEquals", "Next"} & known
    missing = sorted(required - entry.keys())
    if missing:
        message = f"These fields are required: [{', '.join(missing)}]"
        yield Problem(SCHEMA, message, location)


def _check_names(entry: Fields, is_last: bool, location: str) -> Iterator[Problem]:  # noqa: FBT001
    names = entry.get("ErrorEquals", [ALL])
    where = f"{location}/ErrorEquals"
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        yield Problem(SCHEMA, "ErrorEquals must be a non-empty array of strings", where)
    elif ALL in names and len(names) > 1:
        yield Problem(SCHEMA, f"{ALL} must appear alone in ErrorEquals", where)
    elif ALL in names and not is_last:
        yield Problem(SCHEMA, f"{ALL} must be in the last entry", where)


def _check_numbers(entry: Fields, location: str) -> Iterator[Problem]:
    for name, (least, most) in _BOUNDS.items():
        value = entry.get(name, least)
        whole = name == "BackoffRate" or isinstance(value, int)
        if isinstance(value, bool | str) or not whole or not least <= value <= most:
            message = f"The value for the field '{name}' must be from {least:g} to {most:g}"
            yield Problem(SCHEMA, message, f"{location}/{name}")
    if entry.get("JitterStrategy", "NONE") not in {"FULL", "NONE"}:
        message = "The value for the field 'JitterStrategy' must be FULL or NONE"
        yield Problem(SCHEMA, message, f"{location}/JitterStrategy")
