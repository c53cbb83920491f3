"""Which resources a value refers to, and the order in which that lets resources be made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import (
    attribute_path,
    intrinsic_name,
    sub_parts,
    sub_variables,
)

Reference = tuple[str, str | None]


def references(value: Any) -> Iterator[Reference]:  # noqa: ANN401  # any JSON value
    """Every name that a value takes by ``Ref``, ``Fn::GetAtt`` or ``Fn::Sub``.

    Yields:
        The name with the attribute that is taken of it, or None for ``Ref``; parameters and
        pseudo parameters included.
    """
    name = intrinsic_name(value)
    if name == "Ref":
        yield value["Ref"], None
    elif name == "Fn::GetAtt":
        yield attribute_path(value["Fn::GetAtt"])
    elif name == "Fn::Sub":
        yield from _sub_references(value["Fn::Sub"])
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def _sub_references(argument: object) -> Iterator[Reference]:
    text, variables = sub_parts(argument)
    yield from references(variables)
    for name in sub_variables(text):
        if name not in variables:
            logical_id, dot, attribute = name.partition(".")
            yield logical_id, attribute if dot else None


def in_dependency_order(depends_on: Mapping[str, Collection[str]]) -> list[str]:
    """Names such that each comes after all that it depends on; otherwise in the order given.

    Raises:
        TemplateError: some names depend on each other in a circle.
    """
    ordered: dict[str, None] = {}
    waiting = dict(depends_on)
    while waiting:
        ready = next((name for name, on in waiting.items() if all(n in ordered for n in on)), None)
        if ready is None:
            circle = ", ".join(sorted(_in_circles(waiting)))
            raise TemplateError(f"Circular dependency between resources: [{circle}]")
        ordered[ready] = None
        del waiting[ready]
    return list(ordered)


def _in_circles(waiting: Mapping[str, Collection[str]]) -> set[str]:
    """What remains once everything that merely depends on a circle is taken away."""
    remaining = set(waiting)
    while True:
        needed = {on for name in remaining for on in waiting[name]} & remaining
        if needed == remaining:
            return remaining
        remaining = needed
