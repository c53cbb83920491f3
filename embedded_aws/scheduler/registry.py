"""The schedule groups and schedules of an instance."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.scheduler.errors import not_found
from embedded_aws.scheduler.schedule import DEFAULT_GROUP, Schedule


@dataclass
class Group:
    """A named set of schedules, and the only thing in the Scheduler that has tags."""

    arn: str
    name: str
    created_at: datetime
    schedules: dict[str, Schedule] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def describe(self) -> dict[str, Any]:
        """GetScheduleGroup's output."""
        return {
            "Arn": self.arn,
            "Name": self.name,
            "State": "ACTIVE",
            "CreationDate": self.created_at,
            "LastModificationDate": self.created_at,
        }


class Registry:
    """Finds groups and schedules; hold ``lock`` while reading and changing them."""

    def __init__(self, account_id: str, region: str, now: datetime) -> None:
        self._prefix = f"arn:aws:scheduler:{region}:{account_id}"
        self.lock = threading.RLock()
        self.groups: dict[str, Group] = {}
        self.groups[DEFAULT_GROUP] = Group(self.group_arn(DEFAULT_GROUP), DEFAULT_GROUP, now)

    def group_arn(self, name: str) -> str:
        """The ARN of a group."""
        return f"{self._prefix}:schedule-group/{name}"

    def schedule_arn(self, group: str, name: str) -> str:
        """The ARN of a schedule."""
        return f"{self._prefix}:schedule/{group}/{name}"

    def group(self, name: str) -> Group:
        """The group of that name.

        Raises:
            ServiceError: there is none.
        """
        if name not in self.groups:
            raise not_found("Schedule group", name)
        return self.groups[name]

    def group_of_arn(self, arn: str) -> Group:
        """The group of that ARN.

        Raises:
            ServiceError: there is none.
        """
        name = arn.rsplit("/", 1)[-1]
        if self.group_arn(name) != arn:
            raise not_found("Schedule group", arn)
        return self.group(name)

    def schedule(self, parameters: Mapping[str, Any]) -> Schedule:
        """The schedule that a request names.

        Raises:
            ServiceError: there is none.
        """
        group = self.group(parameters.get("GroupName") or DEFAULT_GROUP)
        if parameters["Name"] not in group.schedules:
            raise not_found("Schedule", parameters["Name"])
        return group.schedules[parameters["Name"]]
