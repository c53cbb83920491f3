"""Operations on schedules."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws import service_roles
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, Result
from embedded_aws.scheduler.errors import conflict, invalid
from embedded_aws.scheduler.paging import page
from embedded_aws.scheduler.registry import Registry
from embedded_aws.scheduler.schedule import Schedule, assumer, definition, planned
from embedded_aws.scheduler.targets import Targets
from embedded_aws.scheduler.ticker import Ticker


class Schedules:
    """Makes, changes, shows and deletes schedules."""

    def __init__(
        self, environment: Environment, registry: Registry, targets: Targets, ticker: Ticker
    ) -> None:
        self._environment = environment
        self._registry = registry
        self._targets = targets
        self._ticker = ticker

    def operations(self) -> Mapping[str, Operation]:
        """What callers may ask."""
        return {
            "CreateSchedule": self.create_schedule,
            "UpdateSchedule": self.update_schedule,
            "GetSchedule": self.get_schedule,
            "ListSchedules": self.list_schedules,
            "DeleteSchedule": self.delete_schedule,
        }

    def create_schedule(self, parameters: Parameters, _: RequestContext) -> Result:
        """Make a schedule; the same ClientToken again changes nothing."""
        schedule = self._checked(parameters)
        with self._registry.lock:
            schedules = self._registry.group(schedule.group).schedules
            existing = schedules.get(schedule.name)
            if existing is None:
                schedules[schedule.name] = schedule
                self._ticker.start(schedule)
            elif schedule.client_token is None or existing.client_token != schedule.client_token:
                raise conflict("Schedule", schedule.name)
        return {"ScheduleArn": schedule.arn}

    def update_schedule(self, parameters: Parameters, _: RequestContext) -> Result:
        """Replace a schedule; what is not given falls back to its default."""
        with self._registry.lock:
            existing = self._registry.schedule(parameters)
        schedule = self._checked(parameters, existing)
        with self._registry.lock:
            self._registry.group(schedule.group).schedules[schedule.name] = schedule
            self._ticker.start(schedule)
        return {"ScheduleArn": schedule.arn}

    def get_schedule(self, parameters: Parameters, _: RequestContext) -> Result:
        """Show a schedule."""
        with self._registry.lock:
            return self._registry.schedule(parameters).describe()

    def list_schedules(self, parameters: Parameters, _: RequestContext) -> Result:
        """List schedules by group and name."""
        group, state = parameters.get("GroupName"), parameters.get("State")
        with self._registry.lock:
            groups = [self._registry.group(group)] if group else self._registry.groups.values()
            schedules = [schedule for entry in groups for schedule in entry.schedules.values()]
        listed = [
            schedule.summarise()
            for schedule in sorted(schedules, key=lambda schedule: schedule.arn)
            if schedule.name.startswith(parameters.get("NamePrefix") or "")
            and state in {None, schedule.definition["State"]}
        ]
        return page("Schedules", listed, parameters)

    def delete_schedule(self, parameters: Parameters, _: RequestContext) -> None:
        """Delete a schedule; it fires no more."""
        with self._registry.lock:
            schedule = self._registry.schedule(parameters)
            del self._registry.group(schedule.group).schedules[schedule.name]
        self._ticker.stop(schedule)

    def completed(self, schedule: Schedule) -> None:
        """Delete a schedule that fired for the last time, if it asks for that."""
        with self._registry.lock:
            group = self._registry.groups.get(schedule.group)
            is_current = group is not None and group.schedules.get(schedule.name) is schedule
            if group is not None and is_current and schedule.is_deleted_after_completion:
                del group.schedules[schedule.name]

    def _checked(self, parameters: Parameters, existing: Schedule | None = None) -> Schedule:
        now = self._environment.clock.now()
        defined = definition(parameters)
        timetable = planned(defined, now)
        self._targets.check(defined["Target"])
        iam = self._environment.clients.as_service("iam")
        principal = assumer(self._registry.group_arn(defined["GroupName"]))
        if not service_roles.trusts(iam, defined["Target"]["RoleArn"], principal):
            raise invalid(
                "The execution role you provide must allow AWS EventBridge Scheduler to assume "
                "the role."
            )
        return Schedule(
            arn=self._registry.schedule_arn(defined["GroupName"], defined["Name"]),
            definition=defined,
            created_at=existing.created_at if existing else now,
            modified_at=now,
            timetable=timetable,
            client_token=parameters.get("ClientToken"),
        )
