"""Operations on schedule groups and their tags."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result
from embedded_aws.scheduler.errors import conflict, invalid
from embedded_aws.scheduler.paging import page
from embedded_aws.scheduler.registry import Group, Registry
from embedded_aws.scheduler.schedule import DEFAULT_GROUP
from embedded_aws.scheduler.ticker import Ticker


class Groups:
    """Makes, shows, tags and deletes groups; a group goes at once with its schedules."""

    def __init__(self, registry: Registry, ticker: Ticker, clock: Clock) -> None:
        self._registry = registry
        self._ticker = ticker
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "CreateScheduleGroup": self.create_schedule_group,
            "GetScheduleGroup": self.get_schedule_group,
            "ListScheduleGroups": self.list_schedule_groups,
            "DeleteScheduleGroup": self.delete_schedule_group,
            "TagResource": self.tag_resource,
            "UntagResource": self.untag_resource,
            "ListTagsForResource": self.list_tags_for_resource,
        }

    def create_schedule_group(self, parameters: Parameters, _: RequestContext) -> Result:
        """Make an empty group."""
        name = parameters["Name"]
        with self._registry.lock:
            if name in self._registry.groups:
                raise conflict("Schedule group", name)
            group = Group(self._registry.group_arn(name), name, self._clock.now())
            group.tags.update({tag["Key"]: tag["Value"] for tag in parameters.get("Tags") or ()})
            self._registry.groups[name] = group
        return {"ScheduleGroupArn": group.arn}

    def get_schedule_group(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show a group."""
        with self._registry.lock:
            return self._registry.group(parameters["Name"]).describe()

    def list_schedule_groups(self, parameters: Parameters, _: RequestContext) -> Result:
        """List groups by name."""
        prefix = parameters.get("NamePrefix") or ""
        with self._registry.lock:
            groups = self._registry.groups
            listed = [groups[name].describe() for name in sorted(groups) if name.startswith(prefix)]
        return page("ScheduleGroups", listed, parameters)

    def delete_schedule_group(self, parameters: Parameters, _: RequestContext) -> None:
        """Delete a group and all its schedules."""
        if parameters["Name"] == DEFAULT_GROUP:
            raise invalid("The default schedule group cannot be deleted.")
        with self._registry.lock:
            group = self._registry.group(parameters["Name"])
            del self._registry.groups[group.name]
            schedules = list(group.schedules.values())
        for schedule in schedules:
            self._ticker.stop(schedule)

    def tag_resource(self, parameters: Parameters, _: RequestContext) -> None:
        """Add or change a group's tags."""
        with self._registry.lock:
            tags = self._registry.group_of_arn(parameters["ResourceArn"]).tags
            tags.update({tag["Key"]: tag["Value"] for tag in parameters["Tags"]})

    def untag_resource(self, parameters: Parameters, _: RequestContext) -> None:
        """Take tags away from a group."""
        with self._registry.lock:
            tags = self._registry.group_of_arn(parameters["ResourceArn"]).tags
            for key in parameters["TagKeys"]:
                tags.pop(key, None)

    def list_tags_for_resource(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show a group's tags."""
        with self._registry.lock:
            tags = self._registry.group_of_arn(parameters["ResourceArn"]).tags
            return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
