from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clock import Clock
from embedded_aws.instance import Instance

Make = Callable[..., Any]


@dataclass(frozen=True)
class Night:
    """A midnight that the clock has come to, and the time after it."""

    midnight: datetime
    clock: Clock

    def advance(self, **time_after_midnight: float) -> None:
        self.clock.advance_to(self.midnight + timedelta(**time_after_midnight))


@pytest.fixture
def night(aws: Instance) -> Night:
    clock = aws.environment.clock
    tomorrow = clock.now() + timedelta(days=1)
    night = Night(tomorrow.replace(hour=0, minute=0, second=0, microsecond=0), clock)
    night.advance()
    return night


TIMED = {"Target": {"Input": "<aws.scheduler.scheduled-time>"}}


def test_advancing_the_clock_fires_every_due_occurrence(
    night: Night, schedule: Make, queue_arn: str, bodies: Make
) -> None:
    schedule("cron(0 2 * * ? *)", queue_arn, **TIMED)
    night.advance(days=3)
    nights = [night.midnight + timedelta(days=day, hours=2) for day in range(3)]
    assert bodies(queue_arn) == [f"{due:%Y-%m-%dT%H:%M:%SZ}" for due in nights]


def test_schedules_fire_in_the_order_of_their_times(
    night: Night, schedule: Make, queue_arn: str, messages: Make
) -> None:
    for hour in (3, 1, 2):
        schedule(f"cron(0 {hour} * * ? *)", queue_arn, Target={"Input": str(hour)})
    night.advance(hours=3)
    assert [message["Body"] for message in messages(queue_arn)] == ["1", "2", "3"]


def test_nothing_fires_before_its_time(
    night: Night, schedule: Make, queue_arn: str, messages: Make
) -> None:
    schedule("cron(0 2 * * ? *)", queue_arn, **TIMED)
    night.advance(hours=1, minutes=59, seconds=50)
    assert messages(queue_arn) == []


def test_a_disabled_schedule_does_not_fire(
    night: Night, schedule: Make, queue_arn: str, messages: Make
) -> None:
    schedule("rate(1 hour)", queue_arn, State="DISABLED", **TIMED)
    night.advance(hours=5)
    assert messages(queue_arn) == []


def test_a_deleted_schedule_does_not_fire(
    night: Night, schedule: Make, queue_arn: str, messages: Make, client: Make
) -> None:
    name = schedule("cron(0 2 * * ? *)", queue_arn, **TIMED)
    client("scheduler").delete_schedule(Name=name)
    night.advance(hours=5)
    assert messages(queue_arn) == []


def test_an_updated_schedule_fires_by_its_new_expression_alone(
    night: Night, schedule: Make, queue_arn: str, bodies: Make, client: Make
) -> None:
    name = schedule("cron(0 2 * * ? *)", queue_arn, **TIMED)
    current = client("scheduler").get_schedule(Name=name)
    client("scheduler").update_schedule(
        Name=name,
        ScheduleExpression="cron(0 4 * * ? *)",
        FlexibleTimeWindow=current["FlexibleTimeWindow"],
        Target=current["Target"],
    )
    night.advance(hours=5)
    assert bodies(queue_arn) == [f"{night.midnight:%Y-%m-%d}T04:00:00Z"]


def test_enabling_a_schedule_later_does_not_catch_up(
    night: Night, schedule: Make, queue_arn: str, bodies: Make, client: Make
) -> None:
    name = schedule("cron(0 * * * ? *)", queue_arn, State="DISABLED", **TIMED)
    night.advance(hours=2, minutes=30)
    current = client("scheduler").get_schedule(Name=name)
    kept = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    client("scheduler").update_schedule(**{key: current[key] for key in kept}, State="ENABLED")
    night.advance(hours=3, minutes=30)
    assert bodies(queue_arn) == [f"{night.midnight:%Y-%m-%d}T03:00:00Z"]


def test_a_one_time_schedule_stays_after_it_fired(
    night: Night, schedule: Make, queue_arn: str, messages: Make, client: Make
) -> None:
    name = schedule(f"at({night.midnight:%Y-%m-%d}T03:00:00)", queue_arn, **TIMED)
    night.advance(days=2)
    assert len(messages(queue_arn)) == 1
    assert client("scheduler").get_schedule(Name=name)["State"] == "ENABLED"


@pytest.mark.parametrize("kind", ["once", "until"])
def test_a_schedule_goes_after_its_last_occurrence_if_it_asks_to(
    kind: str,
    night: Night,
    schedule: Make,
    queue_arn: str,
    messages: Make,
    client: Make,
) -> None:
    """One-time schedules and recurring ones with an end alike."""
    once = kind == "once"
    dates = {} if once else {"EndDate": night.midnight + timedelta(hours=3)}
    expression = f"at({night.midnight:%Y-%m-%d}T03:00:00)" if once else "cron(0 3 * * ? *)"
    name = schedule(expression, queue_arn, ActionAfterCompletion="DELETE", **dates, **TIMED)
    night.advance(days=2)
    assert len(messages(queue_arn)) == 1
    with pytest.raises(ClientError, match=f"Schedule {name} does not exist"):
        client("scheduler").get_schedule(Name=name)


def test_a_schedule_does_not_run_down_with_the_waits_of_others(
    night: Night, schedule: Make, queue_arn: str, messages: Make
) -> None:
    """A schedule guards its time; it never makes an idle clock jump to it."""
    schedule("cron(0 2 * * ? *)", queue_arn, **TIMED)
    assert night.clock.now() < night.midnight + timedelta(hours=2)
    assert messages(queue_arn) == []
