"""The properties a resource is to have: references resolved, types coerced, tags added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.cloudformation import schemas
from embedded_aws.cloudformation.blueprint import ResourceDefinition
from embedded_aws.cloudformation.coercion import coerce
from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.intrinsics import as_text
from embedded_aws.cloudformation.property_checks import violations
from embedded_aws.cloudformation.records import Revision, StackOutput
from embedded_aws.cloudformation.resources import HANDLERS
from embedded_aws.cloudformation.resources.tags import as_list, as_map


@dataclass(frozen=True)
class Lookups:
    """What ``Ref`` and ``Fn::GetAtt`` return for resources at this moment."""

    reference: Callable[[str], Any]
    attribute: Callable[[str, str], Any]


def desired_properties(
    revision: Revision, definition: ResourceDefinition, lookups: Lookups
) -> dict[str, Any]:
    """A resource's properties as its handler gets them.

    Raises:
        TemplateError: a function cannot be evaluated.
        ResourceFailure: the result breaks the type's schema.
    """
    schema = schemas.load(definition.type)
    if schema is None:
        raise ResourceFailure(f"CloudFormation has no resource type {definition.type}")
    resolved = revision.blueprint.resolve(
        definition.properties, lookups.reference, lookups.attribute
    )
    properties = coerce(schema, resolved)
    wrong = violations(schema, properties)
    if wrong:
        raise ResourceFailure(
            f"Properties validation failed for resource {definition.logical_id} "
            f"with message: [{', '.join(wrong)}]"
        )
    return _with_stack_tags(properties, definition.type, revision.tags)


def outputs(revision: Revision, lookups: Lookups) -> tuple[StackOutput, ...]:
    """The stack's outputs as far as they are known.

    Raises:
        TemplateError: a function cannot be evaluated.
    """
    blueprint = revision.blueprint
    return tuple(
        StackOutput(
            output.key,
            as_text(
                blueprint.resolve(output.value, lookups.reference, lookups.attribute),
                f"Output {output.key}",
            ),
            output.description,
        )
        for output in blueprint.outputs
    )


def _with_stack_tags(
    properties: dict[str, Any], resource_type: str, tags: Mapping[str, str]
) -> dict[str, Any]:
    schema = schemas.load(resource_type)
    name = schema.tag_property if schema else None
    if not tags or name is None or name not in HANDLERS[resource_type].properties:
        return properties
    # A resource's own tag wins over the stack's.
    merged = {**tags, **as_map(properties.get(name))}
    is_map = schema is not None and schema.follow(schema.properties[name])["type"] == "object"
    return {**properties, name: merged if is_map else as_list(merged)}
