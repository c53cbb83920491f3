"""EventBridge Scheduler: schedules and their groups."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.handler import Context, Handler, Properties, Resource

_DEFAULT_GROUP = "default"


class Schedule(Handler):
    """``AWS::Scheduler::Schedule``."""

    type = "AWS::Scheduler::Schedule"
    properties = frozenset(
        {
            "Description",
            "EndDate",
            "FlexibleTimeWindow",
            "GroupName",
            "KmsKeyArn",
            "Name",
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "StartDate",
            "State",
            "Target",
        }
    )
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the schedule; its properties are the API's parameters."""
        name: str = properties.get("Name") or context.generated_name()
        context.client("scheduler").create_schedule(**{**properties, "Name": name})
        return name

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        group = resource.properties.get("GroupName", _DEFAULT_GROUP)
        return {
            "Arn": resource.context.arn("scheduler", f"schedule/{group}/{resource.physical_id}")
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Replace the schedule: UpdateSchedule resets whatever it is not given."""
        resource.client("scheduler").update_schedule(**{**new, "Name": resource.physical_id})

    def delete(self, resource: Resource) -> None:
        """Delete the schedule."""
        group = resource.properties.get("GroupName", _DEFAULT_GROUP)
        resource.client("scheduler").delete_schedule(Name=resource.physical_id, GroupName=group)


class ScheduleGroup(Handler):
    """``AWS::Scheduler::ScheduleGroup``."""

    type = "AWS::Scheduler::ScheduleGroup"
    properties = frozenset({"Name", "Tags"})
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the group."""
        name: str = properties.get("Name") or context.generated_name()
        context.client("scheduler").create_schedule_group(
            Name=name, Tags=properties.get("Tags", [])
        )
        return name

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": resource.context.arn("scheduler", f"schedule-group/{resource.physical_id}")}

    def update(self, resource: Resource, new: Properties) -> None:
        """Change the tags."""
        scheduler = resource.client("scheduler")
        arn = resource.context.arn("scheduler", f"schedule-group/{resource.physical_id}")
        change = tags.change(resource.properties, new)
        if change.removed:
            scheduler.untag_resource(ResourceArn=arn, TagKeys=change.removed)
        if change.added:
            scheduler.tag_resource(ResourceArn=arn, Tags=tags.as_list(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the group with its schedules."""
        resource.client("scheduler").delete_schedule_group(Name=resource.physical_id)
