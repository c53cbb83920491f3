"""Faults from YAML: every word of a file is known, or the file is refused before it does harm."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator

from embedded_aws.cloudformation.plain_yaml import load_plain_yaml
from embedded_aws.faults.effect_reading import effect_of
from embedded_aws.faults.fault import Fault
from embedded_aws.faults.match import ANY, Match
from embedded_aws.faults.occasions import Always, Chance, Every, First, Numbered, Occasion
from embedded_aws.faults.targets import check_parameter, operations_of
from embedded_aws.faults.unreadable import InvalidFaults

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SCHEMA = Path(__file__).with_name("faults.schema.json")
Document = Mapping[str, Any]


def load_faults(file: Path) -> tuple[Fault, ...]:
    """The faults in a YAML file.

    Raises:
        InvalidFaults: the file cannot be read or says something that is not known.
    """
    try:
        return read_faults(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, InvalidFaults) as problem:
        raise InvalidFaults(f"{file}: {problem}") from problem


def read_faults(text: str) -> tuple[Fault, ...]:
    """The faults in a YAML or JSON text of the form that ``faults.schema.json`` gives.

    Raises:
        InvalidFaults: naming the first thing that is wrong, and where it stands.
    """
    try:
        document = load_plain_yaml(text)
    except yaml.YAMLError as malformed:
        raise InvalidFaults(f"it is not well-formed YAML: {malformed}") from malformed
    document = _spelled_out(document)
    for problem in _problems(document):
        raise InvalidFaults(problem)
    assert isinstance(document, dict)  # noqa: S101  # as the schema has it
    faults = tuple(
        _fault(each, f"faults[{index}]") for index, each in enumerate(document["faults"])
    )
    _refuse_namesakes(faults)
    return faults


def _spelled_out(document: object) -> object:
    """An effect that needs no more than its name may be that name alone."""
    if not isinstance(document, dict) or not isinstance(document.get("faults"), list):
        return document
    return {**document, "faults": [_with_effect(fault) for fault in document["faults"]]}


def _with_effect(fault: object) -> object:
    if isinstance(fault, dict) and isinstance(fault.get("effect"), str):
        return {**fault, "effect": {fault["effect"]: {}}}
    return fault


def _problems(document: object) -> Iterator[str]:
    found: Sequence[ValidationError] = sorted(
        _validator().iter_errors(document), key=lambda error: list(map(str, error.absolute_path))
    )
    for error in found:
        place = error.json_path.removeprefix("$").lstrip(".") or "the document"
        yield f"{place}: {error.message}"


def _fault(document: Document, where: str) -> Fault:
    service, operation = document["service"], document["operation"]
    operations = operations_of(service, operation, where)
    for path in document.get("parameters", {}):
        check_parameter(operations, path, where)
    effect_name = next(iter(document["effect"]))
    return Fault(
        name=document.get("name", f"{service}:{operation} {effect_name}"),
        match=_match(document, where),
        effect=effect_of(document, operations, where),
        occasion=_occasion(document.get("calls")),
    )


def _match(document: Document, where: str) -> Match:
    return Match(
        service=document["service"],
        operation=document["operation"],
        resource=document.get("resource", ANY),
        parameters=document.get("parameters", {}),
        caller=document.get("caller", ANY),
        since=_instant(document, "from", where),
        until=_instant(document, "until", where),
    )


def _occasion(calls: Document | None) -> Occasion:
    match calls:
        case {"numbers": numbers}:
            return Numbered(frozenset(numbers))
        case {"first": count}:
            return First(count)
        case {"every": step}:
            return Every(step)
        case {"chance": {"probability": probability, "seed": seed}}:
            return Chance(probability, seed)
        case _:
            return Always()


def _instant(document: Document, member: str, where: str) -> datetime | None:
    if member not in document:
        return None
    text = document[member]
    try:
        when = datetime.fromisoformat(text)
    except ValueError as malformed:
        raise InvalidFaults(f"{where}.{member}: {text!r} is not ISO 8601") from malformed
    if when.tzinfo is None:
        raise InvalidFaults(f"{where}.{member}: {text} has no UTC offset; add one, such as Z")
    return when


def _refuse_namesakes(faults: Sequence[Fault]) -> None:
    names = [fault.name for fault in faults]
    for name in names:
        if names.count(name) > 1:
            raise InvalidFaults(f"two faults are called {name!r}: give each a name of its own")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
