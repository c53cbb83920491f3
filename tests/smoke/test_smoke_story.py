"""A story whose night fails ends there, and tells why in the night's own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from embedded_aws.clock import Clock
from embedded_aws.testing import make_role
from smoke.run import NotSucceeded
from smoke.story import Story
from tests.ops.machines import NIGHT, create_machine, stack_of


class Waiting:
    """A place whose clock is moved."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def wait(self) -> None:
        self._clock.advance_to(self.now() + timedelta(seconds=30))


def test_a_night_that_fails_ends_it_by_its_own_error_and_cause(
    client: Callable[[str], Any], clock: Clock
) -> None:
    """Whoever pays for it would otherwise hear, an hour later, that no rollout came.

    A minute before midnight, the night that begins in two minutes is the next one.
    """
    clock.advance_to(datetime(2026, 11, 21, 23, 59, tzinfo=UTC))
    machine_arn = create_machine(client, "smoke-retrain", NIGHT)
    client("scheduler").create_schedule(
        Name="smoke-nightly",
        ScheduleExpression="cron(0 2 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": machine_arn, "RoleArn": make_role(client("iam"), "serves", "scheduler")},
    )
    stack = stack_of(machine_arn, name="smoke")
    told: list[str] = []
    site = SimpleNamespace(place=Waiting(clock), stack=stack, client=client)
    story = Story(site, told.append)  # type: ignore[arg-type]  # all that it needs
    with pytest.raises(NotSucceeded, match=r"2026-11-21 ended as FAILED: Sqs.SqsException: "):
        story.tell()
    assert len(told) == 1
    assert told[0].startswith("night 2026-11-21: FAILED: ")
