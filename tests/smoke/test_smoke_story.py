"""A story whose night registers no model ends there, and tells why in the night's own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from embedded_aws.clock import Clock
from embedded_aws.testing import make_role
from smoke.run import NotRegistered
from smoke.story import Story
from tests.ops.machines import NIGHT, create_machine, stack_of

REJECTED = {"Decision": "Rejected", "Reason": "AucBelowThreshold", "Auc": 0.4, "AucThreshold": 0.5}
REJECTING: Mapping[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "NightRejected",
    "States": {"NightRejected": {"Type": "Succeed", "Output": REJECTED}},
}


class Waiting:
    """A place whose clock is moved."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def wait(self) -> None:
        self._clock.advance_to(self.now() + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("name", "definition", "ending"),
    [
        ("failing", NIGHT, "ended as FAILED: Sqs.SqsException: "),
        (
            "rejecting",
            REJECTING,
            "succeeded and registered no model, which the gate rejected: AucBelowThreshold,",
        ),
    ],
    ids=["failing", "rejecting"],
)
def test_a_night_that_registers_no_model_ends_it_by_its_own_words(
    client: Callable[[str], Any],
    clock: Clock,
    name: str,
    definition: Mapping[str, Any],
    ending: str,
) -> None:
    """Whoever pays for it would otherwise hear, an hour later, that no rollout came.

    A minute before midnight, the night that begins in two minutes is the next one.
    """
    data_date = clock.now().date() + timedelta(days=1)
    clock.advance_to(datetime.combine(data_date, time(23, 59), UTC))
    machine_arn = create_machine(client, f"{name}-retrain", definition)
    client("scheduler").create_schedule(
        Name=f"{name}-nightly",
        ScheduleExpression="cron(0 2 * * ? *)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": machine_arn, "RoleArn": make_role(client("iam"), name, "scheduler")},
    )
    stack = stack_of(machine_arn, name=name)
    told: list[str] = []
    site = SimpleNamespace(place=Waiting(clock), stack=stack, client=client)
    story = Story(site, told.append)  # type: ignore[arg-type]  # all that it needs
    with pytest.raises(NotRegistered) as ended:
        story.tell()
    assert f":{data_date} {ending}" in str(ended.value)
    assert [line.partition(" ")[0] for line in told] == ["night"]
    assert told[0].startswith(f"night {data_date}: ")
