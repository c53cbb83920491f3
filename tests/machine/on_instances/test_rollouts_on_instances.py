"""Packages on their way onto the endpoints of a deployed application."""

from __future__ import annotations

import pytest

from tests.machine.rollouts import HALF_WAY, LONGEST, Rollouts, assert_failed

pytestmark = pytest.mark.slow


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


@pytest.mark.usefixtures("served")
def test_an_approval_moves_production_and_no_caller_loses_a_request(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    """One sends request after request, and none twice, while time goes its way."""
    _, newer = packages
    sample = rollouts.sample(newer)
    old = rollouts.scores(rollouts.production, sample)
    with (
        rollouts.load(rollouts.production, sample) as answers,
        rollouts.application.standing_clock(),
    ):
        name = rollouts.begin(newer)
        rollouts.pass_time(HALF_WAY)
        told = len(answers)
        asked = [rollouts.scores(rollouts.production, sample) for _ in range(8)]
        # Turns alternate, so that another client may take all of one side: both count.
        canary = [*asked, *answers[told + 1 :]]
        rollouts.pass_time(3 * HALF_WAY)
    new = rollouts.scores(rollouts.production, sample)
    assert rollouts.rollout(name).status == "SUCCEEDED"
    assert rollouts.config(rollouts.production) == name
    assert new == pytest.approx(sample["scores"], abs=1e-6)
    assert [answer for answer in answers if answer not in (old, new)] == []
    assert old in canary
    assert new in canary
    assert answers[0] == old != new == answers[-1]


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


def test_of_two_approvals_in_quick_succession_the_second_waits_and_stays(
    rollouts: Rollouts, packages: tuple[str, str], served: str
) -> None:
    older, newer = packages
    with rollouts.application.standing_clock():
        first = rollouts.begin(newer)
        second = rollouts.begin(older)
        rollouts.pass_time(HALF_WAY)
        assert rollouts.rollout(second).entered == ("PrepareRollout",)
        rollouts.pass_time(2 * LONGEST)
    assert [rollouts.rollout(name).status for name in (first, second)] == ["SUCCEEDED"] * 2
    assert rollouts.config(rollouts.production) == second != served


LATE = {
    "name": "the rollout of the newer package is not started at first",
    "service": "stepfunctions",
    "operation": "StartExecution",
    "parameters": {"name": "*-production-v2-*"},
    "calls": {"first": 1},
    "effect": {"error": {"code": "AccessDeniedException", "status": 400}},
}


@pytest.mark.usefixtures("served")
def test_of_two_approvals_within_a_second_the_last_stays_and_the_other_is_told_by_what(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    """Even if the first is heard of last, and though its version is higher."""
    older, newer = packages
    for package in packages:
        rollouts.decide(package, "Rejected")
    with rollouts.application.standing_clock(), rollouts.application.faults([LATE]):
        second = rollouts.await_a_second()
        rollouts.approve_briefly(newer)
        rollouts.approve_briefly(older)
        rollouts.pass_time(LONGEST)
    first, last = (f"{rollouts.production}-v{version}-{second}" for version in (2, 1))
    assert rollouts.config(rollouts.production) == last
    superseded = rollouts.rollout(first)
    assert (superseded.status, "RecordRollout" in superseded.entered) == ("SUCCEEDED", False)
    assert superseded.output == {
        "PackageArn": newer,
        "EndpointName": rollouts.production,
        "Outcome": "Superseded",
        "SupersededBy": last,
    }


@pytest.mark.usefixtures("served")
def test_a_rollback_within_the_second_of_an_approval_comes_after_it(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    older, newer = packages
    rollouts.decide(newer, "Rejected")
    with rollouts.application.standing_clock():
        second = rollouts.await_a_second()
        rollouts.approve_briefly(newer)
        back = rollouts.roll_back(older)
        rollouts.pass_time(2 * LONGEST)
    assert back == f"{rollouts.production}-v1-{second}"
    assert rollouts.rollout(f"{rollouts.production}-v2-{second}").status == "SUCCEEDED"
    assert rollouts.config(rollouts.production) == back
