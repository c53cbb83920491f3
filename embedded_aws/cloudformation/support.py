"""Refuses by name whatever a template asks for that the embedded AWS would not honour."""

from __future__ import annotations

from collections.abc import Iterator

from embedded_aws.cloudformation import schemas
from embedded_aws.cloudformation.blueprint import Blueprint
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.references import references
from embedded_aws.cloudformation.resources import HANDLERS


def check_support(blueprint: Blueprint) -> None:
    """Pass a blueprint whose every resource, property and attribute is supported.

    Raises:
        TemplateError: listing everything that is not.
    """
    types = sorted({resource.type for resource in blueprint.resources.values()})
    unrecognized = [name for name in types if schemas.load(name) is None]
    if unrecognized:
        listed = ", ".join(unrecognized)
        raise TemplateError(f"Template format error: Unrecognized resource types: [{listed}]")
    gaps = [f"resource type {name}" for name in types if name not in HANDLERS]
    if not gaps:
        gaps = [*_properties(blueprint), *_attributes(blueprint)]
    if gaps:
        raise TemplateError(f"the embedded AWS does not support {'; '.join(gaps)}")


def _properties(blueprint: Blueprint) -> Iterator[str]:
    for resource in blueprint.resources.values():
        schema, handler = schemas.load(resource.type), HANDLERS[resource.type]
        # What the schema does not know either is a mistake, which validation words better.
        known = schema.properties.keys() if schema else set()
        for name in sorted((resource.properties.keys() & known) - handler.properties):
            if schema and name not in schema.read_only:
                yield f"property {name} of {resource.type} ({resource.logical_id})"


def _attributes(blueprint: Blueprint) -> Iterator[str]:
    values = [item.properties for item in blueprint.resources.values()]
    for value in [*values, *(output.value for output in blueprint.outputs)]:
        for name, attribute in sorted(references(value), key=str):
            resource = blueprint.resources.get(name)
            if resource is None or attribute is None:
                continue
            if attribute not in HANDLERS[resource.type].attributes:
                yield f"attribute {attribute} of {resource.type} in Fn::GetAtt ({name})"
