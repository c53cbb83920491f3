"""Outputs as AWS's JSON protocol has them on the wire.

Moto's serializer asks for every member of a model in several ways, as the objects of its backends
need it; the services here answer with mappings, in which most members are absent.
"""

from __future__ import annotations

import base64
import calendar
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

Plain = Callable[[Any], Any]


def write_json(operation: OperationModel, output: Mapping[str, Any]) -> str:
    """The body of an answer by AWS's JSON protocol."""
    shape = operation.output_shape
    return json.dumps({} if shape is None else plain_writer(shape)(output))


@cache
def plain_writer(shape: Shape) -> Plain:
    """Turn a value of a shape into one that ``json.dumps`` takes."""
    if getattr(shape, "is_document_type", False):
        return _as_it_is
    compound = _COMPOUNDS.get(shape.type_name)
    if compound is not None:
        return compound(shape)
    return _SCALARS.get(shape.type_name, _as_it_is)


def _structure(shape: StructureShape) -> Plain:
    members = shape.members

    def plain(value: Mapping[str, Any]) -> dict[str, Any]:
        # The writers are looked up here: a shape may contain itself.
        return {
            name: plain_writer(members[name])(item)
            for name, item in value.items()
            if item is not None and name in members
        }

    return plain


def _list(shape: ListShape) -> Plain:
    return lambda value: [plain_writer(shape.member)(item) for item in value]


def _map(shape: MapShape) -> Plain:
    return lambda value: {key: plain_writer(shape.value)(item) for key, item in value.items()}


def _seconds(value: datetime) -> float:
    # "SHOULD be truncated to fit millisecond precision" (Smithy, Timestamp formats).
    seconds = calendar.timegm(value.utctimetuple())
    return seconds + value.microsecond // 1000 / 1000 if value.microsecond else seconds


def _text(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _as_it_is(value: Any) -> Any:  # noqa: ANN401  # a boolean, or a document
    return value


_COMPOUNDS: Mapping[str, Callable[[Any], Plain]] = {
    "list": _list,
    "map": _map,
    "structure": _structure,
}
_SCALARS: Mapping[str, Plain] = {
    "blob": _base64,
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": _text,
    "timestamp": _seconds,
}
