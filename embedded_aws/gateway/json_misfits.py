"""Finds what in a JSON body cannot be read into its shape at all, as AWS's parsers would."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.utils import parse_timestamp

from embedded_aws.gateway.shapes import Kind, Problem

if TYPE_CHECKING:
    from botocore.model import Shape, StructureShape

_INTEGER_BITS = {"integer": 32, "long": 64}
_NOT_FINITE = frozenset({"NaN", "Infinity", "-Infinity"})


def misfits(shape: Shape, value: object, path: str = "") -> Iterator[Problem]:
    """Unknown members and wrong JSON types in a raw JSON value."""
    if value is None or getattr(shape, "is_document_type", False):
        return
    if not _READABLE[shape.type_name](shape, value):
        yield Problem(path, _unreadable(shape, value), Kind.MALFORMED)
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
        member.serialization.get("name", name): (name, member)
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    for wire_name, item in value.items():
        name, member = by_wire_name.get(wire_name, (wire_name, None))
        joined = f"{path}.{name}" if path else name
        if member is None:
            yield Problem(joined, f"Member is unknown to {shape.name}", Kind.UNKNOWN)
        else:
            yield from misfits(member, item, joined)


def _unreadable(shape: Shape, value: object) -> str:
    """As AWS says it; without naming the member, which the path here does."""
    if isinstance(value, dict):
        return "Start of structure or map found where not expected"
    if isinstance(value, list):
        return "Start of list found where not expected"
    return f"{_token(value)} can not be converted to {_JAVA_NAMES[shape.type_name]}"


def _token(value: object) -> str:
    if isinstance(value, bool):
        return f"{value}_VALUE".upper()
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"


_JAVA_NAMES: Mapping[str, str] = {
    "string": "a String",
    "character": "a String",
    "blob": "a Blob",
    "boolean": "a Boolean",
    "integer": "an Integer",
    "long": "a Long",
    "float": "a Float",
    "double": "a Double",
    "timestamp": "milliseconds since epoch",
    "list": "a List",
    "map": "a Map",
    "structure": "a Structure",
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _reads_integer(shape: Shape, value: Any) -> bool:  # noqa: ANN401
    """Whole, however written (``5.0`` is 5), and within the type's bits."""
    bits = _INTEGER_BITS[shape.type_name] - 1
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return _is_number(value) and whole and -(2**bits) <= value < 2**bits


def _reads_float(_: Shape, value: object) -> bool:
    return _is_number(value) or value in _NOT_FINITE


def _reads_blob(_: Shape, value: object) -> bool:
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except binascii.Error:
        return False


def _reads_timestamp(_: Shape, value: object) -> bool:
    try:
        return not isinstance(value, bool | dict | list) and parse_timestamp(value) is not None
    except ValueError:
        return False


def _of(expected: type) -> Callable[[Shape, object], bool]:
    return lambda _, value: isinstance(value, expected)


_READABLE: Mapping[str, Callable[[Shape, Any], bool]] = {
    "string": _of(str),
    "character": _of(str),
    "boolean": _of(bool),
    "list": _of(list),
    "map": _of(dict),
    "structure": _of(dict),
    "integer": _reads_integer,
    "long": _reads_integer,
    "float": _reads_float,
    "double": _reads_float,
    "blob": _reads_blob,
    "timestamp": _reads_timestamp,
}
