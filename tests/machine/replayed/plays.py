"""Lets rollouts to production take their courses, one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.machine.replayed.courses import (
    BAKING,
    FIRST,
    FURTHER,
    IMPATIENT,
    MOVED,
    PATIENT,
    TO_INSTANCES,
    TO_SERVERLESS,
    Course,
)
from tests.machine.replayed.production import Found, Production
from tests.soak.nights import Nights

DATA_DATES = date(2026, 7, 15), date(2026, 8, 15)
"""No other night reads their partitions."""
POLLS = {"DescribeEndpoint": 25, "DescribeRestored": 10}
"""How many there are at most, here; tests/template/test_rollout_definition.py knows the others."""
RETURNS, RETURNING = 3, {"RestoreEndpoint", "RemoveEndpoint"}
"""How often it tries to return, and in which states."""
HASTE = {"500": POLLS["DescribeEndpoint"], "120": POLLS["DescribeRestored"], "20": RETURNS + 1}
BAKES = timedelta(minutes=7)
"""Instances come up in five minutes, and then bake for ten."""


class Plays:
    """Rollouts to one endpoint, one after the other."""

    def __init__(self, nights: Nights) -> None:
        self.production = Production(nights)
        self._cloudwatch = nights.client("cloudwatch")
        self._packages = registered(nights)
        self.found = dict[Course, Found]()

    def play(self) -> None:
        """All courses; there is no endpoint, neither before nor after."""
        with self.production.machine(hasty):
            for course in FIRST:
                self.production.delete()
                self._approve(course)
            for course in FURTHER:
                self._go_on(course) if course.resumes else self._approve(course)
        self._approve_two()
        with self.production.machine(on_instances):
            self._approve(TO_INSTANCES)
            self._approve(MOVED, is_other=False)
            for course in BAKING:
                self._approve_while_an_alarm_rings(course)
        self._approve(TO_SERVERLESS)
        self.production.delete()

    def _package(self, *, is_other: bool = True) -> str:
        """What does not serve; or what does."""
        config = self.production.serving() or ""
        serving = [it for it in self._packages if f"-v{it.rpartition('/')[2]}-" in config]
        return next(it for it in self._packages if (it not in serving) == is_other)

    def _approve(self, course: Course, *, is_other: bool = True) -> None:
        package = self._package(is_other=is_other)
        self.found[course] = self.production.roll_out(package, list(course.faults))

    def _go_on(self, course: Course) -> None:
        name = next(it.wanted for each, it in self.found.items() if each.name == course.resumes)
        self.found[course] = self.production.redrive(name, list(course.faults))

    def _approve_two(self) -> None:
        production = self.production
        before = production.serving()
        first = production.begin(self._package(), list(PATIENT.faults))
        with production.machine(impatient):
            second = production.begin(self._package(is_other=False))
        production.end()
        self.found[PATIENT] = production.find(first, before)
        self.found[IMPATIENT] = production.find(second, first)

    def _approve_while_an_alarm_rings(self, course: Course) -> None:
        production = self.production
        before = production.serving()
        name = production.begin(self._package(), list(course.faults))
        production.pass_time(BAKES)
        (alarm,) = [
            it["AlarmName"]
            for it in self._cloudwatch.describe_alarms()["MetricAlarms"]
            if "ProductionErrorsAlarm" in it["AlarmName"]
        ]
        self._cloudwatch.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")
        production.end()
        self.found[course] = production.find(name, before)


def registered(nights: Nights) -> Sequence[str]:
    """ARNs of the packages of two nights that go well, as other modules' nights may not have."""
    arns = []
    for data_date in DATA_DATES:
        nights.deliver(data_date)
        arns.append(nights.start(data_date))
        nights.settle()
    return [json.loads(nights.describe(arn)["output"])["PackageArn"] for arn in arns]


def hasty(definition: dict[str, Any]) -> None:
    """Let rollouts poll less often before they give up."""
    text = json.dumps(definition)
    polls = r"(?<=\$polls < )\d+"
    assert set(re.findall(polls, text)) == HASTE.keys()
    definition.update(json.loads(re.sub(polls, lambda most: str(HASTE[most[0]]), text)))


def impatient(definition: dict[str, Any]) -> None:
    """Let rollouts wait for no more than three minutes for their turn."""
    prepare = definition["States"]["PrepareRollout"]
    prepare["Retry"][0]["MaxAttempts"] = 3
    prepare["Arguments"]["Payload"]["LastAttempt"] = "{% $states.context.State.RetryCount >= 3 %}"


def on_instances(definition: dict[str, Any]) -> None:
    """Let production have instances."""
    prepare = definition["States"]["PrepareRollout"]
    _, production = prepare["Arguments"]["Payload"]["Settings"]["Targets"]
    production["InstanceType"] = "ml.m5.large"
