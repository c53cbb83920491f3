"""Reads OpenLineage events strictly into the types that its publisher generates from the schema.

What openlineage-python ships under Apache-2.0 is the published schema as classes: one for each
object, with its required and optional fields, and for each facet the address of its own schema.
"""

from __future__ import annotations

import pkgutil
import typing
from enum import Enum
from importlib import import_module
from types import NoneType, UnionType
from typing import Any

import attr
from openlineage.client import generated
from openlineage.client.generated.base import BaseFacet, RunEvent


class NotOfTheSchema(TypeError):
    """A value that the published types have no place for."""


def read_event(document: dict[str, Any]) -> RunEvent:
    """A run event, if every part of it is of the type that the schema gives it."""
    event: RunEvent = _read(document, RunEvent)
    return event


def _read(value: Any, kind: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (UnionType, typing.Union):
        (kind,) = (each for each in arguments if each is not NoneType)
        return _read(value, kind)
    if origin is list:
        return [_read(each, arguments[0]) for each in value]
    if origin is dict:
        return {key: _read(each, arguments[1]) for key, each in value.items()}
    return _read_plain(value, kind)


def _read_plain(value: Any, kind: type) -> Any:
    if issubclass(kind, BaseFacet):
        return _read_facet(value, kind)
    if attr.has(kind):
        return _read_object(value, kind)
    if issubclass(kind, Enum):
        return kind(value)
    if type(value) is not kind:
        raise NotOfTheSchema(f"{value!r} is no {kind.__name__}")
    return value


def _read_facet(value: dict[str, Any], base: type[BaseFacet]) -> BaseFacet:
    facet = _FACETS[value["_schemaURL"]]
    if not issubclass(facet, base):
        raise NotOfTheSchema(f"{facet.__name__} stands where a {base.__name__} should")
    made: BaseFacet = _read_object(value, facet)
    return made


def _read_object(value: dict[str, Any], kind: Any) -> Any:
    attr.resolve_types(kind, vars(import_module(kind.__module__)), vars(typing))
    fields = {field.name: field for field in attr.fields(kind)}
    given = {name: each for name, each in value.items() if name not in ("schemaURL", "_schemaURL")}
    if unknown := given.keys() - fields.keys():
        raise NotOfTheSchema(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(
        **{fields[name].alias: _read(each, fields[name].type) for name, each in given.items()}
    )


def _facets() -> dict[str, type[BaseFacet]]:
    modules = [
        import_module(f"{generated.__name__}.{each.name}")
        for each in pkgutil.iter_modules(generated.__path__)
    ]
    return {
        each._get_schema(): each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseFacet)
    }


_FACETS = _facets()
