"""How rollouts onto instances fail: a named end, on record, with what serves then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.machine.hindrances import fault, limited, refusing
from tests.machine.rollouts import HALF_WAY, LONGEST, Rollouts, assert_failed

pytestmark = pytest.mark.slow


def test_a_model_that_does_not_come_up_leaves_the_previous_one(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    _, newer = packages
    with rollouts.replaced(rollouts.model_uri(newer), b"no archive"):
        rollout = rollouts.approve(newer)
    assert_failed(rollouts, rollout, "EndpointFailed", served)
    assert "archive" in rollout.cause


def test_another_model_than_the_evaluated_one_is_rolled_back(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    older, newer = packages
    other = rollouts.content(rollouts.model_uri(older))
    with rollouts.replaced(rollouts.model_uri(newer), other):
        rollout = rollouts.approve(newer)
    assert_failed(rollouts, rollout, "SmokeTestFailed", served)
    assert "evaluated as" in rollout.cause
    told = rollouts.deployment(rollout)["Properties"]
    assert told["SwitchedAt"] < told["RestoredAt"]


def test_an_approval_that_is_withdrawn_while_traffic_moves_is_rolled_back(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    _, newer = packages
    with rollouts.half_way(newer) as name:
        rollouts.decide(newer, "Rejected")
        (open_,) = rollouts.serving()["Provisional"]["Deployments"]
    rollout = rollouts.rollout(name)
    assert_failed(rollouts, rollout, "ApprovalWithdrawn", served)
    assert rollouts.deployment(rollout)["ActionName"] == open_
    assert "Provisional" not in rollouts.serving()


def test_an_aborted_rollout_is_on_record_and_so_is_what_its_endpoint_comes_to(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    """The update goes on without its rollout."""
    _, newer = packages
    with rollouts.half_way(newer) as name:
        rollouts.abort(name)
        rollouts.pass_time(timedelta(minutes=1))
        aborted = rollouts.deployment(rollouts.rollout(name))
        assert (aborted["Status"], rollouts.serving()["EndpointConfigName"]) == ("Failed", served)
    assert aborted["Properties"]["Reason"].startswith("ABORTED in AwaitEndpoint: OperatorsWish")
    assert_found(rollouts, newer, name)


@pytest.mark.usefixtures("served")
def test_a_rollout_that_times_out_is_on_record_and_so_is_what_its_endpoint_comes_to(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    _, newer = packages
    with limited(rollouts.application, HALF_WAY):
        rollout = rollouts.approve(newer)
    assert rollout.status == "TIMED_OUT"
    told = rollouts.deployment(rollout)
    assert told["Status"] == "Failed"
    assert told["Properties"]["Reason"].startswith("TIMED_OUT in AwaitEndpoint: States.Timeout")
    assert_found(rollouts, newer, rollout.name)


def assert_found(rollouts: Rollouts, package: str, config: str) -> None:
    """The endpoint came to serve a package after the rollout that brought it was over."""
    serving = rollouts.serving()
    assert (serving["Cause"], serving["PackageArn"]) == ("Found", package)
    assert serving["EndpointConfigName"] == rollouts.config(rollouts.production) == config
    assert "Provisional" not in serving


def test_an_alarm_while_it_bakes_moves_traffic_back(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    _, newer = packages
    cloudwatch = rollouts.application.client("cloudwatch")
    alarm = rollouts.application.physical_id("ProductionErrorsAlarm")
    ring = {"AlarmName": alarm, "StateReason": "a test"}
    with rollouts.half_way(newer) as name:
        cloudwatch.set_alarm_state(**ring, StateValue="ALARM")
    cloudwatch.set_alarm_state(**ring, StateValue="OK")
    rollout = rollouts.rollout(name)
    assert_failed(rollouts, rollout, "AlarmDuringBaking", served)
    assert "SmokeTest" not in rollout.entered
    deployment = rollouts.deployment(rollout)
    told = deployment["Properties"]
    assert alarm in told["Alarms"]
    assert "SwitchedAt" not in told
    assert rollouts.times_of(deployment["ActionName"], newer) == [
        {
            "EndpointName": rollouts.production,
            "Deployment": deployment["ActionName"],
            "From": told["ShiftStartedAt"],
            "Until": told["RestoredAt"],
            "Partly": True,
        }
    ]


def test_an_endpoint_that_never_came_up_makes_room_for_the_next(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    older, newer = packages
    if rollouts.is_there(rollouts.production):
        rollouts.delete(rollouts.production)
    with rollouts.replaced(rollouts.model_uri(newer), b"no archive"):
        rollout = rollouts.approve(newer)
    assert (rollout.status, rollout.error) == ("FAILED", "EndpointFailed")
    assert not rollouts.is_there(rollouts.production)
    assert rollouts.approve(older).status == "SUCCEEDED"
    assert rollouts.serves(rollouts.production, older)


@pytest.mark.usefixtures("served")
def test_an_endpoint_that_somebody_deletes_serves_nothing_from_then_on(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    older, _ = packages
    rollouts.delete(rollouts.production)
    serving = rollouts.serving()
    assert (serving["Cause"], serving["PackageArn"]) == ("Found", None)
    assert serving["EndpointConfigName"] is None
    assert rollouts.approve(older).status == "SUCCEEDED"
    assert rollouts.serving()["PackageArn"] == older


def test_an_endpoint_that_is_not_seen_to_go_back_calls_for_an_operator(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    """It does go back, and the switch log hears of it."""
    older, newer = packages
    with rollouts.half_way(newer) as name:
        rollouts.decide(newer, "Rejected")
        rollouts.pass_time(timedelta(minutes=9))
        assert rollouts.rollout(name).entered[-1] == "AwaitRestored"
        with refusing(rollouts.application, "DescribeEndpoint"):
            rollouts.pass_time(LONGEST)
    rollout = rollouts.rollout(name)
    assert_failed(rollouts, rollout, "RollbackFailed", served)
    assert "ApprovalWithdrawn" in rollout.cause
    serving = rollouts.serving()
    assert (serving["Cause"], serving["PackageArn"]) == ("Found", older)


@pytest.mark.usefixtures("served")
def test_an_endpoint_that_is_deleted_under_its_rollout_is_broken(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    """Polls come every thirty seconds, here ten later than that; it deletes for ten."""
    _, newer = packages
    slowly = fault("DescribeEndpoint", {"latency": {"seconds": 10}}, first=1)
    with rollouts.application.standing_clock(), rollouts.application.faults([slowly]):
        name = rollouts.begin(newer)
        rollouts.pass_time(timedelta(minutes=15, seconds=4))
        rollouts.application.client("sagemaker").delete_endpoint(EndpointName=rollouts.production)
        rollouts.pass_time(LONGEST)
    rollout = rollouts.rollout(name)
    assert (rollout.status, rollout.error) == ("FAILED", "EndpointBroken")
    assert "Deleting" in rollout.cause
    assert rollouts.serving()["EndpointConfigName"] is None
