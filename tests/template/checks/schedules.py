"""Schedules by EventBridge Scheduler's own rules, of which no linter knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from embedded_aws.gateway.service import ServiceError
from embedded_aws.scheduler import timetable
from tests.template.checks.finding import Finding
from tests.template.project import Project

_EVER = datetime(2026, 1, 1, tzinfo=UTC)


def scheduled(project: Project) -> Iterator[Finding]:
    """Expressions and time zones that CreateSchedule refuses, or that never come."""
    for where, properties in _schedules(project):
        expression = project.resolved(properties["ScheduleExpression"])
        zone = project.resolved(properties.get("ScheduleExpressionTimezone", "UTC"))
        try:
            times = timetable.Timetable(
                timetable.parse(expression), timetable.time_zone(zone), _EVER
            )
        except ServiceError as invalid:
            yield Finding(where, invalid.message)
            continue
        if times.next_at(_EVER) is None:
            yield Finding(where, f"{expression} never comes")


def named(project: Project) -> Iterator[Finding]:
    """Schedules whose name two stacks of one account would share."""
    for where, properties in _schedules(project):
        if "${AWS::StackName}" not in str(properties.get("Name", "")):
            yield Finding(where, "its Name does not have the stack's name in it")


def _schedules(project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in project.resources.items():
        for event, it in resource.get("Properties", {}).get("Events", {}).items():
            if it["Type"] == "ScheduleV2":
                yield f"{name}/Events/{event}", it["Properties"]
    yield from project.of_type("AWS::Scheduler::Schedule").items()
