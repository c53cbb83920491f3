"""Checks that a task's arguments name only what the API has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.integrations.java_shapes import pascal_case

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape


def problems(shape: Shape | None, arguments: Json) -> list[str]:
    """What is wrong with the arguments of a call, in AWS's words."""
    if not isinstance(arguments, dict):
        return ["The parameters must be a JSON object"]
    unknown = [] if shape is None else _unknown(shape, arguments)
    return [f"The field '{path}' is not supported by Step Functions" for path in unknown]


def _unknown(shape: Shape, value: Json) -> Iterator[str]:
    find = _FINDERS.get((shape.type_name, type(value)))
    return iter(()) if find is None else find(shape, value)


def _in_structure(shape: StructureShape, value: dict[str, Json]) -> Iterator[str]:
    members = {pascal_case(name): member for name, member in shape.members.items()}
    for name, item in value.items():
        if name.removesuffix(".$") not in members:
            yield name
        elif name in members:
            yield from (f"{name}.{path}" for path in _unknown(members[name], item))


def _in_list(shape: ListShape, value: list[Json]) -> Iterator[str]:
    for item in value:
        yield from _unknown(shape.member, item)


def _in_map(shape: MapShape, value: dict[str, Json]) -> Iterator[str]:
    for item in value.values():
        yield from _unknown(shape.value, item)


# A structure that is given as a string is an expression: its result is checked at run time.
_FINDERS: dict[tuple[str, type], Callable[[Any, Any], Iterator[str]]] = {
    ("structure", dict): _in_structure,
    ("list", list): _in_list,
    ("map", dict): _in_map,
}
