"""Nights that failed, timed out or were aborted: recorded, and no trouble to any question."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from lineage import names, recorder
from lineage.clients import Clients
from lineage.errors import InvalidDocument, RecordConflict
from lineage.facts import Failure
from lineage.queries.audit import Audit
from lineage.queries.budget import budget
from lineage.queries.impact import impact
from lineage.queries.packages import PackageGroup
from lineage.queries.subject import Subject
from lineage.records.archive import Archive, location
from lineage.records.failure import FailureRecord
from lineage.records.shelf import Shelf
from lineage.retention import Retention
from lineage.rollouts.switch_log import SwitchLog
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.nights import DescribedJobs, StagedNight, put, stage_night
from tests.lineage.wires import CutWire, EchoingWire, Killed, Wire
from tests.lineage.worlds import World

GROUP = "group-of-failures"


@pytest.fixture(scope="module", autouse=True)
def group(sagemaker: Any) -> None:
    sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)


@pytest.fixture
def night(client: Callable[[str], Any]) -> StagedNight:
    """A night in a bucket of its own."""
    run = uuid4().hex[:8]
    s3 = client("s3")
    s3.create_bucket(Bucket=f"failures-{run}")
    document = builders.a_night(run, bucket=f"failures-{run}", dataset=run, workflow=f"w-{run}")
    return stage_night(s3, StagedNight(document))


def fail(clients: Clients, night: StagedNight, /, **told: Any) -> Failure:
    failure = a_failure(night.document, **told)
    recorder.record_failure(clients, night.bucket, failure)
    return failure


def action_of(sagemaker: Any, night: StagedNight) -> dict[str, Any]:
    name = names.entity_name(night.document["Workflow"], "night", night.document["RunId"])
    described: dict[str, Any] = sagemaker.describe_action(ActionName=name)
    return described


def record_uri(night: StagedNight, redrive_count: int = 0) -> str:
    return names.record_uri(night.document["RecordUri"], names.failure(redrive_count))


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_failure_is_a_record_and_the_nights_action(
    status: str, night: StagedNight, clients: Clients, sagemaker: Any, s3: Any
) -> None:
    failure = fail(clients, night, status=status)
    text = Archive(s3).read(record_uri(night))
    assert text
    assert FailureRecord.parse(record_uri(night), text).failure == failure
    action = action_of(sagemaker, night)
    assert action["Status"] == "Failed"
    told = json.loads(action["Properties"]["FailureR0"])
    assert (told["Step"], told["Error"]) == ("TrainXGB", "AlgorithmError")
    assert told["RecordSha256"] == names.sha256(text)


def test_a_night_that_prepare_night_never_described_is_on_record_only(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    wire = Wire()
    failure = fail(wire.through(clients), night, night=None, step="PrepareNight")
    assert wire.lineage_calls == 0
    shelf = Shelf(s3, night.bucket)
    (found,) = shelf.search(shelf.recorded())
    assert found.failures[0].failure == failure
    assert found.night["RunId"] == night.document["RunId"]


def test_a_failure_costs_no_more_than_the_nights_action(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    fail(clients, night)
    fail(clients, night, redrive_count=1)
    used = budget(Shelf(s3, night.bucket).held_nights())["Quotas"]
    assert {kind: each["Used"] for kind, each in used.items()} == {
        "Actions": 1,
        "Artifacts": 0,
        "Associations": 0,
        "Contexts": 0,
    }


def test_a_failure_told_twice_is_told_once(night: StagedNight, clients: Clients) -> None:
    fail(clients, night)
    wire = Wire()
    fail(wire.through(clients), night)
    assert not [name for name in wire.made if name.startswith(("create_", "update_"))]


def test_another_end_of_the_same_redrive_is_refused(night: StagedNight, clients: Clients) -> None:
    fail(clients, night)
    with pytest.raises(RecordConflict, match=r"failure-r0\.json exists"):
        fail(clients, night, error="ClientError")


def test_a_recorder_killed_after_any_call_leaves_nothing_that_a_second_one_cannot_complete() -> (
    None
):
    night, life, killed = StagedNight(builders.a_night()), 0, True
    while killed:
        world, life = World([night]), life + 1
        try:
            fail(CutWire(life=life).through(world.clients), night)
            killed = False
        except Killed:
            fail(EchoingWire().through(world.clients), night)
        assert Archive(world.s3).read(record_uri(night))
        assert "FailureR0" in action_of(world.sagemaker, night)["Properties"]
    assert life > 5


def test_a_night_redriven_again_and_again_fits_its_action(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    """Under the gate mode that has most to tell."""
    night = replace(night, judged={"mode": "threshold-and-non-inferior", "margin": 0.01})
    night.record_until(Stage.REGISTRATION, Clients(DescribedJobs(sagemaker, night), clients.s3))
    for redrive in range(12):
        fail(clients, night, redrive_count=redrive, cause="x" * 30_000)
    properties = action_of(sagemaker, night)["Properties"]
    assert len(properties) <= 30
    assert "FailureR7" in properties


@pytest.mark.parametrize(
    "cause",
    ['"' * 30_000, "\x00" * 30_000, "one\u2028two\x85three\nfour", '{"FailureReason": "no"}', ""],
    ids=["quotes", "control characters", "lines", "document", "nothing"],
)
def test_whatever_the_cause_is_the_night_can_tell_of_it(cause: str) -> None:
    failure = FailureRecord("s3://b/failure-r0.json", a_failure(builders.a_night(), cause=cause))
    (action,) = failure.graph.entities.values()
    assert all(names.is_property_value(value) for value in action.properties.values())
    told = json.loads(action.properties["FailureR0"])
    assert told["RecordSha256"] == failure.sha256
    assert bool(told["Cause"]) == bool(cause)


def test_a_redrive_completes_what_failed(
    night: StagedNight, sagemaker: Any, s3: Any, clients: Clients
) -> None:
    clients = Clients(DescribedJobs(sagemaker, night), s3)
    fail(clients, night, step="Featurise")
    night.record_until(Stage.TRAINING, clients)
    assert action_of(sagemaker, night)["Status"] == "Failed"
    night.record(Stage.EVALUATION, clients)
    night.record(Stage.REGISTRATION, clients)
    assert action_of(sagemaker, night)["Status"] == "Completed"
    fail(clients, night, redrive_count=1, step="TriggerDeploy")
    assert action_of(sagemaker, night)["Status"] == "Completed"
    assert "FailureR1" in action_of(sagemaker, night)["Properties"]


def audit(sagemaker: Any, s3: Any, bucket: str) -> dict[str, Any]:
    group, shelf = PackageGroup(sagemaker, GROUP), Shelf(s3, bucket)
    found = Audit(sagemaker, group, shelf, SwitchLog(s3, bucket)).report()
    require_valid(json.loads(json.dumps(found)), "audit")
    return found


@pytest.mark.parametrize("knows", [True, False])
def test_a_night_with_only_a_failure_is_clean(
    night: StagedNight, clients: Clients, sagemaker: Any, s3: Any, *, knows: bool
) -> None:
    fail(clients, night, night=night.document if knows else None)
    found = audit(sagemaker, s3, night.bucket)
    assert found["Clean"], found
    assert [each["Index"] for each in found["Nights"]] == ["Whole" if knows else "Absent"]


def test_a_failures_record_that_was_changed_or_is_gone_shows(
    night: StagedNight, clients: Clients, sagemaker: Any, s3: Any
) -> None:
    fail(clients, night)
    fail(clients, night, redrive_count=1)
    text = Archive(s3).read(record_uri(night))
    put(s3, record_uri(night), str(text).replace("NaN", "fine"))
    s3.delete_object(**location(record_uri(night, 1)))
    findings = audit(sagemaker, s3, night.bucket)["Nights"][0]["Findings"]
    findings = [it["Finding"] for it in findings]
    assert len(findings) == 2
    assert "was changed" in findings[0]
    assert "failure-r1 is gone" in findings[1]
    put(s3, record_uri(night), "{}")
    (broken,) = audit(sagemaker, s3, night.bucket)["Nights"][0]["Findings"]
    assert "is no record any more" in broken["Finding"]


def test_a_failed_night_is_named_by_what_it_used(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    fail(clients, night)
    shelf = Shelf(s3, night.bucket)
    nights = list(shelf.search(shelf.recorded()))
    asked = impact(
        Subject.parse(night.document["Code"]["Commit"]), nights, [], lambda _: (), [], list
    )
    require_valid(json.loads(json.dumps(asked)), "impact")
    (found,) = asked["Nights"]
    assert (found["Status"], found["Endpoints"]) == ("Failed", [])
    for subject in ("2026-11-21", f"s3://{night.bucket}/labelled/dt=2026-11-21/a"):
        assert impact(Subject.parse(subject), nights, [], lambda _: (), [], list)["Nights"] == []


@pytest.mark.parametrize("knows", [True, False])
def test_a_failed_night_is_pruned_like_any_other(
    night: StagedNight, clients: Clients, sagemaker: Any, s3: Any, *, knows: bool
) -> None:
    fail(clients, night, night=night.document if knows else None)
    done = Retention(Clients(sagemaker, s3), Shelf(s3, night.bucket), 0).prune()
    assert done.pruned == [night.document["RunId"]]
    assert Shelf(s3, night.bucket).held_nights() == []
    assert audit(sagemaker, s3, night.bucket)["Clean"]


def test_a_record_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="'RunId' is a required property"):
        FailureRecord.parse("s3://b/failure-r0.json", "{}")
