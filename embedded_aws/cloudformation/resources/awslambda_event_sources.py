"""Lambda: queues that functions read."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)

_CHANGEABLE = (
    "BatchSize",
    "Enabled",
    "FilterCriteria",
    "FunctionName",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "ScalingConfig",
)


class EventSourceMapping(Handler):
    """``AWS::Lambda::EventSourceMapping``."""

    type = "AWS::Lambda::EventSourceMapping"
    properties = frozenset({"EventSourceArn", *_CHANGEABLE})
    attributes = frozenset({"EventSourceMappingArn", "Id"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the mapping."""
        created = context.client("lambda").create_event_source_mapping(**properties)
        return str(created["UUID"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """Its UUID and its ARN."""
        uuid = resource.physical_id
        arn = resource.context.arn("lambda", f"event-source-mapping:{uuid}")
        return {"Id": uuid, "EventSourceMappingArn": arn}

    def update(self, resource: Resource, new: Properties) -> None:
        """Change the mapping; what is dropped goes back to its default."""
        defaults = {
            "BatchSize": 10,
            "Enabled": True,
            "FilterCriteria": {},
            "FunctionResponseTypes": [],
            "MaximumBatchingWindowInSeconds": 0,
            "ScalingConfig": {},
        }
        dropped = {name: defaults[name] for name in resource.properties if name in defaults}
        resource.client("lambda").update_event_source_mapping(
            UUID=resource.physical_id, **{**dropped, **subset(new, _CHANGEABLE)}
        )

    def delete(self, resource: Resource) -> None:
        """Delete the mapping."""
        resource.client("lambda").delete_event_source_mapping(UUID=resource.physical_id)
