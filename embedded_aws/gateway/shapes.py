"""Checks values against botocore's shapes: members, types, lengths, ranges, enums, patterns.

Botocore's own validator checks neither enum nor pattern, and only on the client's side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import regex

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

_JSON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float, str),
    "double": (int, float, str),
    "timestamp": (int, float, str),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}


@dataclass(frozen=True)
class Problem:
    """One way in which a value does not fit its shape."""

    path: str
    what: str

    def __str__(self) -> str:
        """AWS's own phrase for a failed constraint."""
        return f"Value at '{self.path}' failed to satisfy constraint: {self.what}"


def misfits(shape: Shape, value: object, path: str = "") -> Iterator[Problem]:
    """Unknown members and wrong JSON types in a raw JSON value."""
    if value is None or getattr(shape, "is_document_type", False):
        return
    expected = _JSON_TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        yield Problem(path or "$", f"Member must be a {shape.type_name}")
    elif shape.type_name == "structure":
        yield from _structure_misfits(shape, value, path)  # type: ignore[arg-type]
    elif shape.type_name == "list":
        for index, item in enumerate(value, 1):  # type: ignore[arg-type,var-annotated]
            yield from misfits(shape.member, item, f"{path}.{index}.member")
    elif shape.type_name == "map":
        for key, item in value.items():  # type: ignore[attr-defined]
            yield from misfits(shape.value, item, f"{path}.{key}")


def _structure_misfits(
    shape: StructureShape, value: dict[str, object], path: str
) -> Iterator[Problem]:
    by_wire_name = {
        member.serialization.get("name", name): member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    for name, item in value.items():
        if name not in by_wire_name:
            yield Problem(_join(path, name), f"Member is unknown to {shape.name}")
        else:
            yield from misfits(by_wire_name[name], item, _join(path, name))


def problems(shape: Shape, value: Any, path: str = "") -> Iterator[Problem]:  # noqa: ANN401  # any parsed value
    """Constraints of the model that a parsed value breaks; ``outputs`` checks answers too."""
    if shape.type_name == "structure":
        yield from _structure_problems(shape, value, path)
    elif shape.type_name == "list":
        yield from _size_problems(shape, len(value), path, "length")
        yield from _list_problems(shape, value, path)
    elif shape.type_name == "map":
        yield from _size_problems(shape, len(value), path, "length")
        yield from _map_problems(shape, value, path)
    elif shape.type_name == "string":
        yield from _string_problems(shape, value, path)
    elif shape.type_name in {"integer", "long", "float", "double"}:
        yield from _number_problems(shape, value, path)
    elif shape.type_name == "timestamp" and not isinstance(value, datetime):
        yield Problem(path, "Member must be a timestamp")


def _structure_problems(shape: StructureShape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    if getattr(shape, "is_document_type", False):
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield Problem(_join(path, name), "Member must not be null")
    for name, item in value.items():
        if name not in shape.members:
            yield Problem(_join(path, name), f"Member is unknown to {shape.name}")
        elif item is not None:
            yield from problems(shape.members[name], item, _join(path, name))


def _list_problems(shape: ListShape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    for index, item in enumerate(value, 1):
        yield from problems(shape.member, item, f"{path}.{index}.member")


def _map_problems(shape: MapShape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    for key, item in value.items():
        yield from problems(shape.key, key, f"{path}.{key}")
        yield from problems(shape.value, item, f"{path}.{key}")


def _string_problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    if not isinstance(value, str):
        yield Problem(path, "Member must be a string")
        return
    yield from _size_problems(shape, len(value), path, "length")
    allowed = getattr(shape, "enum", [])
    if allowed and value not in allowed:
        yield Problem(path, f"Member must satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).search(value):
        yield Problem(path, f"Member must satisfy regular expression pattern: {pattern}")


def _number_problems(shape: Shape, value: Any, path: str) -> Iterator[Problem]:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(path, f"Member must be a {shape.type_name}")
        return
    yield from _size_problems(shape, value, path, "value")


def _size_problems(shape: Shape, size: float, path: str, kind: str) -> Iterator[Problem]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield Problem(path, f"Member must have {kind} greater than or equal to {least}")
    if most is not None and size > most:
        yield Problem(path, f"Member must have {kind} less than or equal to {most}")


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    # Smithy's patterns match anywhere unless anchored; SageMaker's job names are not, yet
    # the service demands a whole match, as its error messages show.
    return regex.compile(rf"\A(?:{pattern})\Z")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
