"""Whether values fit botocore's shapes, decided fast: nearly all do.

Each shape becomes a function once. What is wrong with a value, and in which words AWS says so, is
found in ``shapes`` when it is known that something is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.constraints import checks, is_of_type

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, Shape, StructureShape

Fits = Callable[[Any], bool]


@cache
def fitting(shape: Shape) -> Fits:
    """Tell whether a parsed value breaks no constraint of a shape."""
    if getattr(shape, "is_document_type", False):
        return lambda _: True
    within = _WITHIN.get(shape.type_name, _nothing)(shape)
    constraints = [holds for _, holds in checks(shape)] if shape.type_name != "structure" else []

    def fits(value: Any) -> bool:  # noqa: ANN401  # any parsed value
        if not is_of_type(shape, value):
            return False
        for holds in constraints:
            if not holds(value):
                return False
        return within(value)

    return fits


def _structure(shape: StructureShape) -> Fits:
    members, is_union = shape.members, shape.is_tagged_union
    # A client that knows the token's meaning makes one up; no other has to.
    required = [
        name
        for name in shape.required_members
        if not members[name].metadata.get("idempotencyToken")
    ]

    def fits(value: Any) -> bool:  # noqa: ANN401
        for name in required:
            if value.get(name) is None:
                return False
        given = 0
        for name, item in value.items():
            if name not in members:
                return False
            if item is not None:
                given += 1
                # Looked up here: a shape may contain itself.
                if not fitting(members[name])(item):
                    return False
        return given == 1 or not is_union

    return fits


def _list(shape: ListShape) -> Fits:
    member = shape.member

    def fits(value: Any) -> bool:  # noqa: ANN401
        fits_each = fitting(member)
        return all(item is not None and fits_each(item) for item in value)

    return fits


def _map(shape: MapShape) -> Fits:
    key, member = shape.key, shape.value

    def fits(value: Any) -> bool:  # noqa: ANN401
        fits_key, fits_each = fitting(key), fitting(member)
        return all(
            fits_key(name) and item is not None and fits_each(item) for name, item in value.items()
        )

    return fits


def _nothing(_: Shape) -> Fits:
    return lambda _: True


_WITHIN: dict[str, Callable[[Any], Fits]] = {"structure": _structure, "list": _list, "map": _map}
