"""EventBridge: rules on the default bus."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)
from embedded_aws.cloudformation.resources.json_text import json_text

_ARGUMENTS = ("Description", "RoleArn", "ScheduleExpression", "State")


class Rule(Handler):
    """``AWS::Events::Rule`` on the default event bus."""

    type = "AWS::Events::Rule"
    properties = frozenset({"EventPattern", "Name", "Tags", "Targets", *_ARGUMENTS})
    attributes = frozenset({"Arn"})

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """PutRule replaces a rule."""
        events, name = context.client("events"), properties.get("Name")
        return name is not None and exists(lambda: events.describe_rule(Name=name))

    def create(self, context: Context, properties: Properties) -> str:
        """Put the rule without targets."""
        name: str = properties.get("Name") or context.generated_name()
        context.client("events").put_rule(
            Name=name, Tags=properties.get("Tags", []), **_arguments(properties)
        )
        return name

    def complete(self, resource: Resource) -> None:
        """Put the targets."""
        _update_targets(resource.client("events"), resource.physical_id, {}, resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": resource.context.arn("events", f"rule/{resource.physical_id}")}

    def update(self, resource: Resource, new: Properties) -> None:
        """Put the rule again, and change targets and tags."""
        events = resource.client("events")
        events.put_rule(Name=resource.physical_id, **_arguments(new))
        _update_targets(events, resource.physical_id, resource.properties, new)
        arn = resource.context.arn("events", f"rule/{resource.physical_id}")
        change = tags.change(resource.properties, new)
        if change.removed:
            events.untag_resource(ResourceARN=arn, TagKeys=change.removed)
        if change.added:
            events.tag_resource(ResourceARN=arn, Tags=tags.as_list(change.added))

    def delete(self, resource: Resource) -> None:
        """Remove the targets, then the rule."""
        events = resource.client("events")
        _update_targets(events, resource.physical_id, resource.properties, {})
        events.delete_rule(Name=resource.physical_id)


def _arguments(properties: Properties) -> dict[str, Any]:
    arguments = subset(properties, _ARGUMENTS)
    if "EventPattern" in properties:
        arguments["EventPattern"] = json_text(properties["EventPattern"])
    return arguments


def _update_targets(events: Any, rule: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    wanted = new.get("Targets", [])
    if wanted:
        events.put_targets(Rule=rule, Targets=wanted)
    kept = {target["Id"] for target in wanted}
    gone = sorted({target["Id"] for target in old.get("Targets", [])} - kept)
    if gone:
        events.remove_targets(Rule=rule, Ids=gone)
