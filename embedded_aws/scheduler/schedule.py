"""A schedule as a value: checked, completed with AWS's defaults, described in AWS's shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.scheduler import timetable
from embedded_aws.scheduler.errors import invalid, unsupported
from embedded_aws.scheduler.timetable import Timetable
from embedded_aws.service_principals import ServicePrincipal

DEFAULT_GROUP = "default"
# AWS Compute blog, "Introducing Amazon EventBridge Scheduler": 24 hours and 185 times.
DEFAULT_RETRY_POLICY = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}


def assumer(group_arn: str) -> ServicePrincipal:
    """As whom the Scheduler assumes a target's role: for the group, not for the schedule.

    Scheduler user guide, "Confused deputy prevention": the condition is "evaluated for the
    schedule group".
    """
    return ServicePrincipal("scheduler.amazonaws.com", group_arn)


@dataclass(frozen=True)
class Schedule:
    """What fires when, and what it calls."""

    arn: str
    definition: Mapping[str, Any]
    created_at: datetime
    modified_at: datetime
    timetable: Timetable
    client_token: str | None = None

    @property
    def name(self) -> str:
        """The schedule's name, unique in its group."""
        return str(self.definition["Name"])

    @property
    def group(self) -> str:
        """The name of its group."""
        return str(self.definition["GroupName"])

    @property
    def assumer(self) -> ServicePrincipal:
        """As whom the Scheduler calls the target."""
        return assumer(f"{self.arn.rpartition(':')[0]}:schedule-group/{self.group}")

    @property
    def target(self) -> Mapping[str, Any]:
        """What it calls, in AWS's shape, with a retry policy."""
        target: Mapping[str, Any] = self.definition["Target"]
        return target

    @property
    def is_enabled(self) -> bool:
        """Whether it fires at all."""
        return bool(self.definition["State"] == "ENABLED")

    @property
    def is_deleted_after_completion(self) -> bool:
        """Whether it goes once it has fired for the last time."""
        return bool(self.definition["ActionAfterCompletion"] == "DELETE")

    def describe(self) -> dict[str, Any]:
        """GetSchedule's output."""
        return {**self.definition, **self._dates(), "Arn": self.arn}

    def summarise(self) -> dict[str, Any]:
        """ListSchedules' entry."""
        shown = {name: self.definition[name] for name in ("Name", "GroupName", "State")}
        target = {"Arn": self.target["Arn"]}
        return {**shown, **self._dates(), "Arn": self.arn, "Target": target}

    def _dates(self) -> dict[str, datetime]:
        return {"CreationDate": self.created_at, "LastModificationDate": self.modified_at}


def definition(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A request's parameters with AWS's defaults for what they leave out.

    Raises:
        ServiceError: a value is invalid, or legal but not supported here.
    """
    if parameters.get("KmsKeyArn"):
        raise unsupported("schedules that are encrypted with a customer's key (KmsKeyArn)")
    _check_window(parameters["FlexibleTimeWindow"])
    target = parameters["Target"]
    retry_policy = {**DEFAULT_RETRY_POLICY, **(target.get("RetryPolicy") or {})}
    given = {
        name: value
        for name, value in parameters.items()
        if name != "ClientToken" and value is not None
    }
    return {
        "GroupName": DEFAULT_GROUP,
        "ScheduleExpressionTimezone": "UTC",
        "State": "ENABLED",
        "ActionAfterCompletion": "NONE",
        **given,
        "Target": {**target, "RetryPolicy": retry_policy},
    }


def planned(definition: Mapping[str, Any], now: datetime) -> Timetable:
    """When a schedule of this definition, made or changed now, is due.

    Raises:
        ServiceError: its expression, time zone or dates are invalid.
    """
    starts_at, ends_at = definition.get("StartDate"), definition.get("EndDate")
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        raise invalid("The StartDate must be before the EndDate.")
    return Timetable(
        expression=timetable.parse(definition["ScheduleExpression"]),
        zone=timetable.time_zone(definition["ScheduleExpressionTimezone"]),
        first_at=starts_at or now,
        end_at=ends_at,
    )


def _check_window(window: Mapping[str, Any]) -> None:
    minutes = window.get("MaximumWindowInMinutes")
    if window["Mode"] == "FLEXIBLE" and minutes is None:
        raise invalid("A FLEXIBLE time window needs MaximumWindowInMinutes.")
    if window["Mode"] == "OFF" and minutes is not None:
        raise invalid("MaximumWindowInMinutes is only for a FLEXIBLE time window.")
