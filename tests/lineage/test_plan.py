"""`nightly lineage plan`: the calls that a recording would make, told and not made."""

from __future__ import annotations

import pytest

from lineage import api, names
from lineage.errors import ForeignArn, InvalidDocument, InvalidExecution, UnknownExecution
from lineage.model import Artifact
from lineage.query import LineageQuery
from lineage.recorder import record_failure
from lineage.records.archive import location
from lineage.records.shelf import Shelf
from lineage.rendering import plan as rendering
from lineage.retention import Retention
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.mishaps import TracingWire
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

BUCKET, GROUP = "fraud", "fraud-classifier"
LAST = list(Stage)[-1]
ARN = "arn:aws:states:us-east-1:123456789012:execution:nightly-retrain:"


def made_by(execution_name: str, run: str = "1a2b3c4d") -> StagedNight:
    return StagedNight({**builders.a_night(run), "ExecutionArn": f"{ARN}{execution_name}"})


@pytest.fixture
def night() -> StagedNight:
    return made_by("2026-11-21")


@pytest.fixture
def world(night: StagedNight) -> World:
    made = World([night])
    night.record_until(LAST, made.clients)
    return made


@pytest.fixture
def query(world: World) -> LineageQuery:
    return LineageQuery(world.clients, GROUP, BUCKET)


def report_of(world: World, night: StagedNight) -> api.Indexed:
    wanted = Artifact(builders.report_uri(night.document), "EvaluationReport", "")
    found = api.find(world.sagemaker, wanted)
    assert found
    return found


def lose_report(world: World, night: StagedNight) -> None:
    """Take a night's report and its two associations out of the graph."""
    arn = report_of(world, night).arn
    for end in ("SourceArn", "DestinationArn"):
        for edge in world.sagemaker.list_associations(**{end: arn})["AssociationSummaries"]:
            ends = {key: edge[key] for key in ("SourceArn", "DestinationArn")}
            world.sagemaker.delete_association(**ends)
    world.sagemaker.delete_artifact(ArtifactArn=arn)


def test_a_whole_night_lacks_nothing(query: LineageQuery) -> None:
    answer = query.plan("2026-11-21")
    require_valid(answer, "plan")
    assert answer["Calls"] == []
    assert "adds nothing" in rendering.as_text(answer)


def test_what_the_graph_lost_is_told_in_the_order_in_which_it_would_be_written(
    query: LineageQuery, world: World, night: StagedNight
) -> None:
    lose_report(world, night)
    answer = query.plan("2026-11-21")
    require_valid(answer, "plan")
    creation, *additions = answer["Calls"]
    uri = builders.report_uri(night.document)
    assert (creation["Operation"], creation["SourceUri"]) == ("CreateArtifact", uri)
    assert creation["Properties"]["Auc"] == "0.9512"
    assert [(it["Operation"], it["Type"]) for it in additions] == [
        ("AddAssociation", "Produced"),
        ("AddAssociation", "ContributedTo"),
    ]
    text = rendering.as_text(answer)
    apply = f"`nightly lineage apply {answer['RunId']}`"
    assert f"{apply} would repair SageMaker's graph by 3 calls" in text
    assert f"1  CreateArtifact  EvaluationReport {creation['Name']} of {uri}" in text
    assert text.splitlines()[-1].startswith("  3  AddAssociation")


def test_nothing_is_written_by_telling(world: World, night: StagedNight) -> None:
    lose_report(world, night)
    before, wire = world.contents(), TracingWire()
    LineageQuery(wire.through(world.clients), GROUP, BUCKET).plan("2026-11-21")
    assert world.contents() == before
    verbs = {call.name.partition("_")[0] for call in wire.calls}
    assert verbs <= {"get", "list", "describe"}


def test_the_calls_are_those_that_the_recordings_make(
    query: LineageQuery, world: World, night: StagedNight
) -> None:
    lose_report(world, night)
    planned = [it["Operation"] for it in query.plan("2026-11-21")["Calls"]]
    wire = TracingWire()
    night.record_until(Stage.REGISTRATION, wire.through(world.clients))
    made = [call.name for call in wire.calls if call.name.startswith(("create", "update", "add"))]
    assert made == ["create_artifact", "add_association", "add_association"]
    assert len(planned) == len(made)
    assert query.plan("2026-11-21")["Calls"] == []


def test_an_update_tells_only_what_it_adds(
    query: LineageQuery, world: World, night: StagedNight
) -> None:
    report = report_of(world, night)
    kept = {key: it for key, it in report.entity.properties.items() if key != "Auc"}
    world.sagemaker.update_artifact(ArtifactArn=report.arn, Properties=kept)
    name = names.entity_name(night.document["Workflow"], "night", night.document["RunId"])
    world.sagemaker.update_action(ActionName=name, Status="InProgress")
    report_update, night_update = sorted(
        query.plan("2026-11-21")["Calls"], key=lambda call: str(call["Operation"]), reverse=True
    )
    assert report_update["Operation"] == "UpdateArtifact"
    assert report_update["Properties"] == {"Auc": "0.9512"}
    assert (night_update["Properties"], night_update["Status"]) == ({}, "Completed")
    text = rendering.as_text(query.plan("2026-11-21"))
    assert "Auc = 0.9512" in text
    assert f"UpdateAction    {name}: status Completed" in text


def test_a_night_that_is_pruned_says_so(query: LineageQuery, world: World) -> None:
    Retention(world.clients, Shelf(world.s3, BUCKET), 0).prune()
    answer = query.plan("2026-11-21")
    assert answer["Pruned"]
    assert "Retention has pruned it" in rendering.as_text(answer)
    assert len(answer["Calls"]) > 20


def test_a_failure_is_part_of_what_is_on_record(night: StagedNight) -> None:
    world = World([night])
    record_failure(world.clients, BUCKET, a_failure(night.document))
    query = LineageQuery(world.clients, GROUP, BUCKET)
    answer = query.plan("2026-11-21")
    assert answer["Calls"] == []
    assert [uri.rpartition("/")[2] for uri in answer["Records"]] == ["failure-r0.json"]


@pytest.mark.parametrize("execution", ["2026-11-21", f"{ARN}2026-11-21", "20261121-1a2b3c4d"])
def test_an_execution_is_its_name_its_arn_or_its_nights_run(
    query: LineageQuery, execution: str
) -> None:
    assert query.plan(execution)["ExecutionArn"] == f"{ARN}2026-11-21"


@pytest.mark.parametrize("name", ["by-hand", "2020-02-02-of-old"])
def test_a_name_without_the_nights_date_is_found_all_the_same(name: str) -> None:
    night = made_by(name)
    world = World([night])
    night.record(Stage.FEATURISE, world.clients)
    assert LineageQuery(world.clients, GROUP, BUCKET).plan(name)["DataDate"] == "2026-11-21"


@pytest.mark.parametrize("execution", ["2026-11-20", "by-hand", f"{ARN}2026-11-21-2"])
def test_an_execution_that_made_no_night_is_unknown(query: LineageQuery, execution: str) -> None:
    with pytest.raises(UnknownExecution, match=r"`nightly nights` lists them"):
        query.plan(execution)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("123456789012", "210987654321"), ("us-east-1", "eu-west-1"), ("nightly-retrain", "churn")],
    ids=["account", "region", "machine"],
)
def test_an_execution_of_another_stack_is_told_from_an_unknown_one(
    query: LineageQuery, ours: str, theirs: str
) -> None:
    foreign = f"{ARN}2026-11-21".replace(ours, theirs)
    with pytest.raises(ForeignArn, match=rf"{foreign} .* of arn:.*:{ours}.*ask the stack"):
        query.plan(foreign)


@pytest.mark.parametrize("execution", ["", "a b", "arn:aws:states:us-east-1:1:execution:m:x"])
def test_what_cannot_be_an_execution_is_invalid(query: LineageQuery, execution: str) -> None:
    with pytest.raises(InvalidExecution, match="give its name"):
        query.plan(execution)


def test_an_arn_that_two_stacks_had_in_turn_means_neither_night() -> None:
    nights = [made_by("2026-11-21", run) for run in ("aaaaaaaa", "bbbbbbbb")]
    world = World(nights)
    for night in nights:
        night.record(Stage.FEATURISE, world.clients)
    query = LineageQuery(world.clients, GROUP, BUCKET)
    with pytest.raises(InvalidExecution, match="20261121-aaaaaaaa, 20261121-bbbbbbbb"):
        query.plan("2026-11-21")
    assert query.plan("20261121-bbbbbbbb")["RunId"] == "20261121-bbbbbbbb"


def test_a_record_that_cannot_be_read_is_named(
    query: LineageQuery, world: World, night: StagedNight
) -> None:
    uri = names.record_uri(night.document["RecordUri"], Stage.TRAINING)
    world.s3.put_object(**location(uri), Body=b"{")
    (found,) = query.plan("2026-11-21")["Findings"]
    assert f"{uri} was changed" in found["Finding"]


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_record_that_is_not_the_noted_one_is_found_and_no_call_planned(
    query: LineageQuery, world: World, night: StagedNight, *, is_gone: bool
) -> None:
    """Recording it again would overwrite the only evidence."""
    uri = names.record_uri(night.document["RecordUri"], Stage.REGISTRATION)
    text = world.s3.get_object(**location(uri))["Body"].read()
    if is_gone:
        world.s3.delete_object(**location(uri))
    else:
        world.s3.put_object(**location(uri), Body=text.replace(b"0.9512", b"0.9999"))
    answer = query.plan("2026-11-21")
    require_valid(answer, "plan")
    assert answer["Calls"] == []
    (found,) = answer["Findings"]
    key = location(uri)["Key"]
    assert ("is gone" if is_gone else "was changed") in found["Finding"]
    assert found["Next"] == f"aws s3api list-object-versions --bucket {BUCKET} --prefix {key}"
    text = rendering.as_text(answer)
    assert "Do not record it again" in text
    assert f"  {found['Finding']}\n    {found['Next']}\n" in text


def test_an_unnoted_record_that_cannot_be_read_is_named(night: StagedNight) -> None:
    world = World([night])
    night.record(Stage.FEATURISE, world.clients)
    uri = names.record_uri(night.document["RecordUri"], Stage.TRAINING)
    world.s3.put_object(**location(uri), Body=b"{")
    with pytest.raises(InvalidDocument, match=r"training\.json is no record"):
        LineageQuery(world.clients, GROUP, BUCKET).plan(night.document["RunId"])
