"""Turns "5" into 5 and true into "true" where a provider schema wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex

from embedded_aws.cloudformation.intrinsics import Unknown
from embedded_aws.cloudformation.schemas import ResourceSchema, Schema

_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


def coerce(schema: ResourceSchema, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties with scalars in the types that the schema asks for.

    What cannot be coerced stays as it is, for validation to complain about.
    """
    return {
        name: _coerced(schema, schema.properties.get(name, {}), value)
        for name, value in properties.items()
    }


def _coerced(root: ResourceSchema, schema: Schema, value: Any) -> Any:  # noqa: ANN401  # JSON
    schema = root.follow(schema)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        return {
            name: _coerced(root, _member(root, schema, name), item) for name, item in value.items()
        }
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_coerced(root, items, item) for item in value]
    return _scalar(list(_types(root, schema)), value)


def _member(root: ResourceSchema, schema: Schema, name: str) -> Schema:
    for alternative in _alternatives(root, schema):
        found = _own_member(alternative, name)
        if found is not None:
            return found
    return {}


def _own_member(schema: Schema, name: str) -> Schema | None:
    named: Schema | None = schema.get("properties", {}).get(name)
    if named is not None:
        return named
    for pattern, member in schema.get("patternProperties", {}).items():
        if regex.search(pattern, name):
            matched: Schema = member
            return matched
    additional = schema.get("additionalProperties")
    return additional if isinstance(additional, dict) else None


def _alternatives(root: ResourceSchema, schema: Schema) -> Iterator[Schema]:
    yield schema
    for keyword in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(keyword, []):
            yield from _alternatives(root, root.follow(branch))


def _types(root: ResourceSchema, schema: Schema) -> Iterator[str]:
    for alternative in _alternatives(root, schema):
        declared = alternative.get("type", [])
        yield from [declared] if isinstance(declared, str) else declared


def _scalar(types: list[str], value: Any) -> Any:  # noqa: ANN401  # JSON
    if not types or any(_is(value, name) for name in types):
        return value
    for name in types:
        converted = _CONVERSIONS.get(name, _same)(value)
        if _is(converted, name):
            return converted
    return value


def _is(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _PYTHON_TYPES[name])


def _same(value: Any) -> Any:  # noqa: ANN401
    return value


def _to_text(value: Any) -> str:  # noqa: ANN401
    return str(value).lower() if isinstance(value, bool) else str(value)


def _to_boolean(value: Any) -> Any:  # noqa: ANN401
    return {"true": True, "false": False}.get(str(value).lower(), value)


def _to_integer(value: Any) -> Any:  # noqa: ANN401
    return int(value) if regex.fullmatch(r"\s*-?\d+\s*", str(value)) else value


def _to_number(value: Any) -> Any:  # noqa: ANN401
    # Many integers of the APIs are plain numbers in their schemas.
    whole = _to_integer(value)
    if isinstance(whole, int):
        return whole
    return float(value) if regex.fullmatch(r"\s*-?\d+\.\d+\s*", str(value)) else value


_CONVERSIONS = {
    "string": _to_text,
    "boolean": _to_boolean,
    "integer": _to_integer,
    "number": _to_number,
}
