"""A failed night goes on from where it failed, or the operator is told what does help."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from embedded_aws.clock import Clock, ClockMode
from embedded_aws.settings import Settings
from ops.errors import NoSuchNight, NotRedrivable
from ops.redrive import redrive
from ops.start import start
from tests.ops.machines import NIGHT, NIGHT_MINUTES, create_machine, deliver

NAME = "2026-11-21"
RERUN = f"nightly rerun {NAME}"
_numbers = count()


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A clock that stands: nights last until the tests let time pass."""
    return Settings(tmp_path_factory.mktemp("aws"), clock_mode=ClockMode.PAUSED)


@pytest.fixture
def machine_arn(client: Callable[[str], Any]) -> str:
    return create_machine(client, f"redriven-{next(_numbers)}", NIGHT)


@pytest.fixture
def stepfunctions(client: Callable[[str], Any], machine_arn: str, clock: Clock) -> Any:
    """Step Functions with a night that failed for want of data."""
    started = client("stepfunctions")
    start(started, machine_arn, {"DataDate": NAME}, NAME)
    clock.step(1)
    return started


def status(stepfunctions: Any, execution_arn: str) -> tuple[str, int]:
    described = stepfunctions.describe_execution(executionArn=execution_arn)
    return described["status"], described["redriveCount"]


def test_a_failed_night_goes_on_once_its_data_is_there(
    stepfunctions: Any, machine_arn: str, client: Callable[[str], Any], clock: Clock
) -> None:
    deliver(client, machine_arn, NAME)
    arn = redrive(stepfunctions, machine_arn, NAME)
    clock.step(NIGHT_MINUTES * 60)
    assert arn.endswith(f":{NAME}")
    assert status(stepfunctions, arn) == ("SUCCEEDED", 1)


def test_a_night_that_succeeded_is_not_redriven(
    stepfunctions: Any, machine_arn: str, client: Callable[[str], Any], clock: Clock
) -> None:
    deliver(client, machine_arn, NAME)
    redrive(stepfunctions, machine_arn, NAME)
    clock.step(NIGHT_MINUTES * 60)
    with pytest.raises(NotRedrivable, match=f"SUCCEEDED and cannot be redriven.*{RERUN}"):
        redrive(stepfunctions, machine_arn, NAME)


def test_a_night_that_runs_is_to_be_awaited(
    stepfunctions: Any, machine_arn: str, client: Callable[[str], Any]
) -> None:
    deliver(client, machine_arn, NAME)
    redrive(stepfunctions, machine_arn, NAME)
    with pytest.raises(NotRedrivable, match=f"{NAME} is running: wait"):
        redrive(stepfunctions, machine_arn, NAME)


def test_a_night_of_more_than_two_weeks_ago_is_to_be_rerun(
    stepfunctions: Any, machine_arn: str, clock: Clock
) -> None:
    clock.step(timedelta(days=14, minutes=1).total_seconds())
    with pytest.raises(NotRedrivable, match=f"14 days.*{RERUN}"):
        redrive(stepfunctions, machine_arn, NAME)


def test_a_night_of_another_definition_goes_on_with_it_only_if_that_is_asked_for(
    stepfunctions: Any, machine_arn: str
) -> None:
    changed = {**NIGHT, "Comment": "Another one."}
    stepfunctions.update_state_machine(stateMachineArn=machine_arn, definition=json.dumps(changed))
    with pytest.raises(NotRedrivable, match=f"another one is deployed.*{RERUN}.*--old-definition"):
        redrive(stepfunctions, machine_arn, NAME)
    arn = redrive(stepfunctions, machine_arn, NAME, old_definition=True)
    assert status(stepfunctions, arn)[1] == 1


def test_a_night_that_never_was_is_named(stepfunctions: Any, machine_arn: str) -> None:
    with pytest.raises(NoSuchNight, match="no execution 2020-01-01"):
        redrive(stepfunctions, machine_arn, "2020-01-01")
