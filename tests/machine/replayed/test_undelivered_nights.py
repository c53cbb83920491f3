"""A night that cannot be started: it is tried again, and is then where an alarm watches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from embedded_aws.faults.reading import read_faults
from tests.soak.dead_letters import take
from tests.soak.nights import STACK_NAME, Nights

pytestmark = pytest.mark.slow

SCHEDULE = f"{STACK_NAME}-nightly"
REFUSED = {"service": "stepfunctions", "operation": "StartExecution", "caller": "*StartNight*"}
WAYS: Mapping[str, Mapping[str, Any]] = {
    "the function dies": {
        "service": "lambda",
        "operation": "Invoke",
        "resource": "*StartNight*",
        "effect": "kill_function",
    },
    "the machine cannot be started": {**REFUSED, "effect": {"error": {"code": "InternalFailure"}}},
}


def fire(nights: Nights, **faults: Any) -> str:
    """Let the deployed schedule's target be due once, under faults; the instant.

    Two days on, so that the night it starts is one that no other test has started.
    """
    nights.wait_until(nights.aws.clock.now() + timedelta(days=2))
    scheduler = nights.client("scheduler")
    nightly = scheduler.get_schedule(Name=SCHEDULE)
    due = (nights.aws.clock.now() + timedelta(minutes=1)).replace(second=0, microsecond=0)
    due += timedelta(minutes=1)
    nights.aws.faults.add(*read_faults(json.dumps({"faults": [faults]})))
    scheduler.create_schedule(
        Name=f"once-{due:%Y%m%dT%H%M}",
        ScheduleExpression=f"at({due:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=nightly["Target"],
        ActionAfterCompletion="DELETE",
    )
    nights.wait_until(due + timedelta(hours=2))
    nights.aws.faults.clear()
    return f"{due:%Y-%m-%dT%H:%M:%SZ}"


def dead_letters(nights: Nights) -> list[Mapping[str, Any]]:
    return [letter.body for letter in take(nights)]


@pytest.mark.parametrize("way", WAYS)
def test_a_night_that_is_not_started_in_three_attempts_is_a_dead_letter(
    replayed: Nights, way: str
) -> None:
    dead_letters(replayed)
    scheduled = fire(replayed, name=way, **WAYS[way])
    (letter,) = dead_letters(replayed)
    assert letter["requestPayload"] == {"ScheduledTime": scheduled, "TimeZone": "UTC"}
    context = letter["requestContext"]
    assert (context["condition"], context["approximateInvokeCount"]) == ("RetriesExhausted", 3)


def test_an_event_that_lambda_does_not_take_is_the_schedules_dead_letter(
    replayed: Nights,
) -> None:
    dead_letters(replayed)
    throttle = {"service": "lambda", "operation": "Invoke", "resource": "*StartNight*"}
    scheduled = fire(replayed, name="no event", effect="throttle", **throttle)
    (letter,) = dead_letters(replayed)
    assert json.loads(letter["Payload"]) == {"ScheduledTime": scheduled, "TimeZone": "UTC"}


def test_a_night_that_is_started_in_the_third_attempt_is_none(replayed: Nights) -> None:
    dead_letters(replayed)
    scheduled = fire(replayed, name="two deaths", calls={"first": 2}, **WAYS["the function dies"])
    assert dead_letters(replayed) == []
    listed = replayed.client("stepfunctions").list_executions(
        stateMachineArn=replayed.outputs["StateMachineArn"]
    )
    instant = datetime.fromisoformat(scheduled)
    started = {it["name"]: it["startDate"] for it in listed["executions"]}
    assert started[f"{instant.date() - timedelta(days=1)}"] >= instant
