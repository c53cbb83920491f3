"""Arguments and results of tasks: PascalCase members, instants as text, blobs as strings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.languages.instants import parse_instant

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

Instant = Callable[[datetime], Json]


def pascal_case(member: str) -> str:
    """A member's name as integrations write it."""
    return member[:1].upper() + member[1:]


def to_api(shape: Shape | None, value: Json) -> Any:  # noqa: ANN401  # a botocore parameter
    """Parameters of a Task in the API's own form."""
    if shape is None or value is None:
        return value
    convert = _TO_API.get(shape.type_name)
    return value if convert is None else convert(shape, value)


def from_api(shape: Shape | None, value: Any, instant: Instant) -> Json:  # noqa: ANN401
    """A response in the form of a Task's result; nulls are left out."""
    if shape is None or shape.type_name not in _FROM_API:
        return value
    return _FROM_API[shape.type_name](shape, value, instant)


def iso_text(when: datetime) -> str:
    """``2026-11-01T02:00:00Z``, as the SDK for Java writes an Instant."""
    digits = "milliseconds" if when.microsecond else "seconds"
    return when.isoformat(timespec=digits).replace("+00:00", "Z")


def epoch_milliseconds(when: datetime) -> int:
    """As the results of SageMaker's ``.sync`` integrations have instants."""
    return int(when.timestamp() * 1000)


def _structure_to_api(shape: StructureShape, value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    names = {pascal_case(name): name for name in shape.members}
    return {
        names[key]: to_api(shape.members[names[key]], item)
        for key, item in value.items()
        if item is not None
    }


def _list_to_api(shape: ListShape, value: Json) -> Json:
    return [to_api(shape.member, item) for item in value] if isinstance(value, list) else value


def _map_to_api(shape: MapShape, value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    return {key: to_api(shape.value, item) for key, item in value.items()}


def _string_to_api(_shape: Shape, value: Json) -> Json:
    # Observed on AWS: an object given for StartExecution's Input is sent as its JSON text.
    return dumps(value) if isinstance(value, dict | list) else value


def _blob_to_api(_shape: Shape, value: Json) -> bytes:
    return (value if isinstance(value, str) else dumps(value)).encode()


def _timestamp_to_api(_shape: Shape, value: Json) -> Any:  # noqa: ANN401
    return parse_instant(value) or value


_TO_API: dict[str, Callable[[Any, Json], Any]] = {
    "structure": _structure_to_api,
    "list": _list_to_api,
    "map": _map_to_api,
    "string": _string_to_api,
    "blob": _blob_to_api,
    "timestamp": _timestamp_to_api,
}


def _structure_from_api(shape: StructureShape, value: Any, instant: Instant) -> Json:  # noqa: ANN401
    return {
        pascal_case(name): from_api(shape.members[name], item, instant)
        for name, item in value.items()
        if item is not None and name in shape.members
    }


def _blob_from_api(_shape: Shape, value: Any, _instant: Instant) -> str:  # noqa: ANN401
    content = value.read() if hasattr(value, "read") else value
    return content.decode() if isinstance(content, bytes) else str(content)


_FROM_API: dict[str, Callable[[Any, Any, Instant], Json]] = {
    "structure": _structure_from_api,
    "list": lambda shape, value, instant: [from_api(shape.member, i, instant) for i in value],
    "map": lambda shape, value, instant: {
        key: from_api(shape.value, item, instant) for key, item in value.items()
    },
    "blob": _blob_from_api,
    "timestamp": lambda _shape, value, instant: instant(value),
}


def json_or_text(text: str) -> Json:
    """A payload's value; one that is not JSON stays text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
