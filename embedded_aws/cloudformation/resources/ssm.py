"""Systems Manager: parameters."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)

_ARGUMENTS = ("AllowedPattern", "DataType", "Description", "Policies", "Tier", "Type", "Value")


class Parameter(Handler):
    """``AWS::SSM::Parameter``."""

    type = "AWS::SSM::Parameter"
    properties = frozenset({"Name", "Tags", *_ARGUMENTS})
    attributes = frozenset({"Type", "Value"})
    changing_attributes = frozenset({"Type", "Value"})

    def create(self, context: Context, properties: Properties) -> str:
        """Put the parameter."""
        name: str = properties.get("Name") or context.suffixed(f"CFN-{context.logical_id}")
        context.client("ssm").put_parameter(
            Name=name,
            Tags=tags.as_list(tags.as_map(properties.get("Tags"))),
            **subset(properties, _ARGUMENTS),
        )
        return name

    def read(self, resource: Resource) -> dict[str, Any]:
        """Type and value."""
        return subset(resource.properties, ("Type", "Value"))

    def update(self, resource: Resource, new: Properties) -> None:
        """Put the parameter over itself, and change the tags."""
        ssm = resource.client("ssm")
        ssm.put_parameter(Name=resource.physical_id, Overwrite=True, **subset(new, _ARGUMENTS))
        change = tags.change(resource.properties, new)
        target = {"ResourceType": "Parameter", "ResourceId": resource.physical_id}
        if change.removed:
            ssm.remove_tags_from_resource(**target, TagKeys=change.removed)
        if change.added:
            ssm.add_tags_to_resource(**target, Tags=tags.as_list(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the parameter."""
        resource.client("ssm").delete_parameter(Name=resource.physical_id)
