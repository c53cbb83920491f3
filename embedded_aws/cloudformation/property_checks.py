"""Checks a resource's properties against its provider schema, before anything is created."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import regex
from jsonschema import Draft7Validator, ValidationError
from jsonschema.validators import extend

from embedded_aws.cloudformation.intrinsics import contains_unknown
from embedded_aws.cloudformation.schemas import ResourceSchema, Schema

# What these say holds whatever the unknown parts of a value turn out to be.
_ABOUT_NAMES = {
    "additionalProperties",
    "required",
    "requiredXor",
    "requiredOr",
    "dependentExcluded",
}

_Problems = Iterator[ValidationError]


def violations(schema: ResourceSchema, properties: Mapping[str, Any]) -> list[str]:
    """What is wrong with the properties; parts that are still unknown are taken to be right."""
    read_only = sorted(properties.keys() & schema.read_only)
    found = [f"#: [{name}] is read-only and cannot be set" for name in read_only]
    for error in _Validator(schema.document).iter_errors(dict(properties)):
        if error.validator in _ABOUT_NAMES or not contains_unknown(error.instance):
            path = "/".join(str(part) for part in error.absolute_path)
            found.append(f"#{'/' if path else ''}{path}: {error.message}")
    return sorted(found)


def _pattern(_: object, pattern: str, value: object, __: Schema) -> _Problems:
    # Java's dialect, as Python's own re module does not read it (\p{L} and others).
    if isinstance(value, str) and not regex.search(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern}")


def _pattern_properties(
    validator: Draft7Validator, patterns: Mapping[str, Schema], value: object, _: Schema
) -> _Problems:
    if not isinstance(value, dict):
        return
    for pattern, member in patterns.items():
        for name, item in value.items():
            if regex.search(pattern, name):
                yield from validator.descend(item, member, path=name, schema_path=pattern)


def _additional_properties(
    validator: Draft7Validator,
    allowed: object,
    value: object,
    schema: Schema,
) -> _Problems:
    if not isinstance(value, dict):
        return
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name in value:
        if name in named or any(regex.search(pattern, name) for pattern in patterns):
            continue
        if allowed is False:
            yield ValidationError(f"extraneous key [{name}] is not permitted")
        elif isinstance(allowed, dict):
            yield from validator.descend(value[name], allowed, path=name)


def _required_xor(_: object, names: list[str], value: object, __: Schema) -> _Problems:
    if isinstance(value, dict) and len(value.keys() & set(names)) != 1:
        yield ValidationError(f"exactly one of {names} is required")


def _required_or(_: object, names: list[str], value: object, __: Schema) -> _Problems:
    if isinstance(value, dict) and not value.keys() & set(names):
        yield ValidationError(f"one of {names} is required")


def _dependent_excluded(
    _: object, excluded: Mapping[str, list[str]], value: object, __: Schema
) -> _Problems:
    if not isinstance(value, dict):
        return
    for name in value.keys() & excluded.keys():
        for other in value.keys() & set(excluded[name]):
            yield ValidationError(f"[{name}] and [{other}] exclude each other")


_Validator = extend(  # type: ignore[no-untyped-call]  # its stubs leave this one out
    Draft7Validator,
    {
        "additionalProperties": _additional_properties,
        "dependentExcluded": _dependent_excluded,
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "requiredOr": _required_or,
        "requiredXor": _required_xor,
    },
)
