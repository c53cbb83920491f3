"""Packages on their way onto the endpoints of a deployed application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ops.night import Night
from tests.machine.application import SMALL, Application, deployed, generate_night
from tests.machine.rollouts import LONGEST, Rollout, Rollouts

pytestmark = pytest.mark.slow

FIRST, SECOND = date(2026, 6, 15), date(2026, 7, 15)
ON_INSTANCES = {"ProductionInstanceType": "ml.m5.large", "ProductionBakeMinutes": "5"}
HALF_WAY = timedelta(minutes=7)
"""Instances come up in five minutes, then the canary bakes for another five."""
THROUGH_MINUTES = 20
"""Then all of them bake for five, and the smoke test follows."""


@pytest.fixture(scope="module")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack whose production endpoint has instances, so that guardrails apply."""
    scratch = tmp_path_factory.mktemp("rollouts")
    for data_date in (FIRST, SECOND):
        generate_night(scratch, data_date)
    start_at = datetime.combine(SECOND + timedelta(days=1), time(12), UTC)
    with deployed(project, scratch, start_at, SMALL | ON_INSTANCES) as running:
        running.deliver(scratch)
        yield running


@pytest.fixture(scope="module")
def rollouts(application: Application) -> Rollouts:
    return Rollouts(application)


@pytest.fixture(scope="module")
def packages(application: Application, rollouts: Rollouts) -> tuple[str, str]:
    """The packages of two nights, the newer one last; the candidate has come to it."""
    nights: list[Night] = [
        application.run({"DataDate": str(data_date), "AllowMissingPartitions": True})
        for data_date in (FIRST, SECOND)
    ]
    rollouts.pass_time(LONGEST)
    older, newer = (night.package_arn for night in nights)
    return older, newer


def test_a_night_that_registers_ends_with_the_candidate_serving_exactly_its_package(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    candidates = [
        rollouts.rollout(name)
        for name in sorted(rollouts.names())
        if name.startswith(f"{rollouts.candidate}-")
    ]
    assert [it.output["PackageArn"] for it in candidates] == list(packages)
    assert all("SmokeTest" in it.entered for it in candidates)
    sample = rollouts.sample(packages[-1])
    assert len(sample["rows"]) == 100
    assert rollouts.config(rollouts.candidate) == candidates[-1].name
    assert rollouts.scores(rollouts.candidate, sample) == pytest.approx(sample["scores"], abs=1e-6)


@pytest.fixture
def served(rollouts: Rollouts, packages: tuple[str, str]) -> str:
    """Production serves the older package; the configuration by which it does."""
    older, _ = packages
    if not rollouts.serves(rollouts.production, older):
        assert rollouts.approve(older).status == "SUCCEEDED"
    return rollouts.config(rollouts.production)


def assert_failed(rollouts: Rollouts, rollout: Rollout, error: str, served: str) -> None:
    """It ended under that name, on record, with the previous model in service."""
    assert (rollout.status, rollout.error) == ("FAILED", error), rollout.cause
    assert rollouts.config(rollouts.production) == served
    deployment = rollouts.deployment(rollout)
    assert deployment["Status"] == "Failed"
    assert deployment["Properties"]["Reason"].startswith(error)


@pytest.mark.usefixtures("served")
def test_an_approval_moves_production_and_no_caller_loses_a_request(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    """Two requests a minute, from the old instances to the canary's half and to the new ones."""
    _, newer = packages
    sample = rollouts.sample(newer)
    old, answers = rollouts.scores(rollouts.production, sample), list[list[float]]()
    with rollouts.standing_clock():
        name = rollouts.begin(newer)
        for _ in range(THROUGH_MINUTES):
            rollouts.pass_time(timedelta(minutes=1))
            answers += [rollouts.scores(rollouts.production, sample) for _ in range(2)]
    new = answers[-1]
    assert rollouts.rollout(name).status == "SUCCEEDED"
    assert rollouts.config(rollouts.production) == name
    assert new == pytest.approx(sample["scores"], abs=1e-6)
    assert [answer for answer in answers if answer not in (old, new)] == []
    canary = answers[answers.index(new) :]
    assert old in canary, "the canary does not take all requests at once"
    assert answers[0] == old != new


def test_lineage_knows_who_approved_it_and_when_traffic_had_moved(
    rollouts: Rollouts, served: str
) -> None:
    deployment = rollouts.deployment(rollouts.rollout(served))
    assert deployment["Status"] == "Completed"
    told = deployment["Properties"]
    assert told["Trigger"] == "Approval"
    assert told["ApprovedBy"].startswith("arn:aws:iam:")
    assert told["ApprovedAt"] <= told["StartedAt"] < told["SwitchedAt"] <= told["EndedAt"]


def test_an_edit_of_an_approved_packages_metadata_rolls_nothing_out(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    known = rollouts.names()
    rollouts.application.client("sagemaker").update_model_package(
        ModelPackageArn=packages[0], CustomerMetadataProperties={"Seen": "by audit"}
    )
    rollouts.pass_time(LONGEST)
    assert rollouts.names() == known
    assert rollouts.config(rollouts.production) == served


def test_a_package_that_is_not_approved_stays_out(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    _, newer = packages
    rollouts.decide(newer, "Rejected")
    asked = {"Trigger": "Rollback", "PackageArn": newer}
    started = rollouts.application.invoke("TriggerDeployFunction", asked)
    rollouts.pass_time(LONGEST)
    rollout = rollouts.rollout(started["Rollout"])
    assert_failed(rollouts, rollout, "PackageNotApproved", served)
    assert "CreateModel" not in rollout.entered


def test_a_deleted_model_artifact_stops_it_before_anything_changes(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    _, newer = packages
    with rollouts.replaced(rollouts.model_uri(newer), None):
        rollout = rollouts.approve(newer)
    assert_failed(rollouts, rollout, "ModelArtifactMissing", served)
    assert "CreateModel" not in rollout.entered


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
    with rollouts.standing_clock():
        name = rollouts.begin(newer)
        rollouts.pass_time(HALF_WAY)
        rollouts.decide(newer, "Rejected")
        rollouts.pass_time(LONGEST)
    assert_failed(rollouts, rollouts.rollout(name), "ApprovalWithdrawn", served)


def test_an_aborted_rollout_is_on_record_and_so_is_what_its_endpoint_comes_to(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    """The update goes on without its rollout."""
    _, newer = packages
    with rollouts.standing_clock():
        name = rollouts.begin(newer)
        rollouts.pass_time(HALF_WAY)
        rollouts.abort(name)
        rollouts.pass_time(timedelta(minutes=1))
        aborted = rollouts.deployment(rollouts.rollout(name))
        assert (aborted["Status"], rollouts.serving()["EndpointConfigName"]) == ("Failed", served)
        rollouts.pass_time(LONGEST)
    assert aborted["Properties"]["Reason"].startswith("ABORTED in AwaitEndpoint: OperatorsWish")
    serving = rollouts.serving()
    assert (serving["Cause"], serving["PackageArn"]) == ("Found", newer)
    assert serving["EndpointConfigName"] == rollouts.config(rollouts.production) == name


def test_an_alarm_while_it_bakes_moves_traffic_back(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    _, newer = packages
    cloudwatch = rollouts.application.client("cloudwatch")
    alarm = rollouts.application.physical_id("ProductionErrorsAlarm")
    ring = {"AlarmName": alarm, "StateReason": "a test"}
    with rollouts.standing_clock():
        name = rollouts.begin(newer)
        rollouts.pass_time(HALF_WAY)
        cloudwatch.set_alarm_state(**ring, StateValue="ALARM")
        rollouts.pass_time(LONGEST)
    cloudwatch.set_alarm_state(**ring, StateValue="OK")
    rollout = rollouts.rollout(name)
    assert_failed(rollouts, rollout, "AlarmDuringBaking", served)
    assert "SmokeTest" not in rollout.entered
    assert alarm in str(rollouts.deployment(rollout)["Properties"])


def test_of_two_approvals_in_quick_succession_the_second_waits_and_stays(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    older, newer = packages
    with rollouts.standing_clock():
        first = rollouts.begin(newer)
        second = rollouts.begin(older)
        rollouts.pass_time(HALF_WAY)
        assert rollouts.rollout(second).entered == ("PrepareRollout",)
        rollouts.pass_time(2 * LONGEST)
    assert [rollouts.rollout(name).status for name in (first, second)] == ["SUCCEEDED"] * 2
    assert rollouts.config(rollouts.production) == second != served


def test_an_endpoint_that_never_came_up_makes_room_for_the_next(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    older, newer = packages
    sagemaker = rollouts.application.client("sagemaker")
    if rollouts.is_there(rollouts.production):
        sagemaker.delete_endpoint(EndpointName=rollouts.production)
        rollouts.pass_time(LONGEST)
    with rollouts.replaced(rollouts.model_uri(newer), b"no archive"):
        rollout = rollouts.approve(newer)
    assert (rollout.status, rollout.error) == ("FAILED", "EndpointFailed")
    assert not rollouts.is_there(rollouts.production)
    assert rollouts.approve(older).status == "SUCCEEDED"
    assert rollouts.serves(rollouts.production, older)
