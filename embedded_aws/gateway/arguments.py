"""The arguments of a boto3 call as they would arrive, without a way over the wire."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.service import Parameters

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape


class NotPlain(Exception):
    """Botocore has more to do with such an argument, or refuses it."""


def arrived(operation: OperationModel, given: Mapping[str, Any]) -> Parameters:
    """A copy of the arguments in the form that a service gets, idempotency tokens filled in.

    Raises:
        NotPlain: an argument is unknown, missing, or not of its shape's plainest type.
    """
    if operation.input_shape is None:
        return {}
    tokens = {name: str(uuid.uuid4()) for name in operation.idempotent_members if name not in given}
    return _structure(operation.input_shape, {**given, **tokens})


def _copied(shape: Shape, value: Any) -> Any:  # noqa: ANN401  # any argument
    copied = _COPIES.get(shape.type_name)
    if copied is None or getattr(shape, "is_document_type", False):
        raise NotPlain(shape.type_name)
    return copied(shape, value)


def _structure(shape: StructureShape, value: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict) or not all(name in value for name in shape.required_members):
        raise NotPlain(shape.name)
    members = shape.members
    try:
        return {name: _copied(members[name], item) for name, item in value.items()}
    except KeyError as unknown:
        raise NotPlain(shape.name) from unknown


def _list(shape: ListShape, value: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, list | tuple):
        raise NotPlain(shape.name)
    return [_copied(shape.member, item) for item in value]


def _map(shape: MapShape, value: Any) -> dict[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise NotPlain(shape.name)
    return {_copied(shape.key, key): _copied(shape.value, item) for key, item in value.items()}


def _timestamp(shape: Shape, value: Any) -> datetime:  # noqa: ANN401
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise NotPlain(shape.name)
    # Botocore sends whole seconds.
    return value.astimezone(UTC).replace(microsecond=0)


def _blob(shape: Shape, value: Any) -> bytes:  # noqa: ANN401
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if hasattr(value, "read"):
        return _blob(shape, value.read())
    raise NotPlain(shape.name)


def _of(*types: type) -> Callable[[Shape, Any], Any]:
    def copied(shape: Shape, value: Any) -> Any:  # noqa: ANN401
        if type(value) not in types:
            raise NotPlain(shape.name)
        return value

    return copied


_COPIES: Mapping[str, Callable[[Any, Any], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "timestamp": _timestamp,
    "blob": _blob,
    "string": _of(str),
    "boolean": _of(bool),
    "integer": _of(int),
    "long": _of(int),
    "float": _of(float, int),
    "double": _of(float, int),
}
