"""Pruning old nights: only ours, only with their records at hand, and never what serves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from lineage import api, names
from lineage.automatic import Connection, connections
from lineage.clients import Clients
from lineage.errors import LineageNotReady
from lineage.model import Artifact, Context
from lineage.query import LineageQuery
from lineage.recorder import record_rollout
from lineage.records.archive import location
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.reinstatement import reinstate
from lineage.retention import Retention, due
from lineage.store import LineageStore
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, put, stage_night
from tests.lineage.worlds import World, graph_of

GROUP = "fraud-classifier"


def folders(*dates: str, pruned: tuple[str, ...] = ()) -> list[Folder]:
    return [
        Folder(
            date,
            f"run-{date}",
            "",
            frozenset(["featurise"]),
            frozenset([names.PRUNED] if date in pruned else []),
        )
        for date in dates
    ]


def test_all_but_the_newest_are_due_oldest_first() -> None:
    found = due(folders("2026-11-03", "2026-11-01", "2026-11-02", "2026-11-04"), 2)
    assert [it.data_date for it in found] == ["2026-11-01", "2026-11-02"]


def test_what_is_pruned_is_neither_due_nor_counted() -> None:
    found = due(folders("2026-11-01", "2026-11-02", "2026-11-03", pruned=("2026-11-01",)), 2)
    assert found == []


@dataclass
class Years:
    """Nights of one bucket, on an account that may hold others."""

    sagemaker: Any
    s3: Any
    bucket: str
    nights: list[StagedNight] = field(default_factory=list)

    def record(
        self, data_date: str, last: Stage = Stage.DEPLOYMENT_OUTCOME, **options: Any
    ) -> StagedNight:
        run = uuid4().hex[:8]
        chosen = {"dataset": run, "workflow": "years"} | options
        document = builders.a_night(run, bucket=self.bucket, data_date=data_date, **chosen)
        night = StagedNight(document, version=next(_VERSIONS), endpoint_name=f"e-{run}")
        self.nights.append(stage_night(self.s3, night))
        night.record_until(last, self.clients)
        return night

    @property
    def clients(self) -> Clients:
        return Clients(DescribedJobs(self.sagemaker, *self.nights), self.s3)

    def retention(self, keep: int, clients: Clients | None = None) -> Retention:
        used = clients or self.clients
        return Retention(used, Shelf(used.s3, self.bucket), keep)

    def names_of(self, night: StagedNight) -> list[str]:
        """What SageMaker's graph still shows of a night's own."""
        made_by = night.document["DataDate"], night.document["RunId"]
        recorded = Shelf(self.s3, self.bucket).find(*made_by)
        assert recorded
        entities = [it for it in recorded.graph.entities.values() if not isinstance(it, Context)]
        return [it.name for it in entities if api.find(self.sagemaker, it)]


_VERSIONS = count(5000)


@pytest.fixture
def years(sagemaker: Any, client: Callable[[str], Any]) -> Years:
    bucket = f"years-{uuid4()}"
    client("s3").create_bucket(Bucket=bucket)
    return Years(sagemaker, client("s3"), bucket)


def test_an_old_night_goes_and_its_record_still_explains_it(years: Years, group: str) -> None:
    old, new = years.record("2026-11-20"), years.record("2026-11-21")
    query = LineageQuery(years.clients, group, years.bucket)
    before = query.explain(old.package_arn)
    done = years.retention(1).prune()
    assert (done.pruned, done.left) == ([old.document["RunId"]], 0)
    assert years.names_of(old) == []
    assert query.explain(old.package_arn) == {**before, "AnsweredFrom": "Record"}
    assert query.explain(new.package_arn)["AnsweredFrom"] == "Index"
    assert years.retention(1).prune().pruned == []


@pytest.fixture(scope="module")
def group(sagemaker: Any) -> str:
    sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    return GROUP


def test_a_data_set_that_another_night_uses_stays_until_the_last(years: Years) -> None:
    old, new = (years.record(f"2026-11-2{day}", dataset="shared") for day in (0, 1))
    uri = old.document["Dataset"]["ManifestUri"]
    years.retention(1).prune()
    assert api.find_artifact_arn(years.sagemaker, uri, "DataSet")
    assert years.retention(0).prune().pruned == [new.document["RunId"]]
    assert api.find_artifact_arn(years.sagemaker, uri, "DataSet") is None


def test_the_workflow_stays(years: Years) -> None:
    old = years.record("2026-11-20", workflow=f"w-{uuid4()}")
    years.retention(0).prune()
    assert years.sagemaker.describe_context(ContextName=names.entity_name(old.document["Workflow"]))


def test_what_others_made_or_connected_stays(years: Years) -> None:
    old = years.record("2026-11-20")
    report = api.find_artifact_arn(
        years.sagemaker, builders.report_uri(old.document), "EvaluationReport"
    )
    theirs = years.sagemaker.create_action(
        ActionName=f"theirs-{uuid4()}", ActionType="Review", Source={"SourceUri": "https://x"}
    )["ActionArn"]
    years.sagemaker.add_association(SourceArn=report, DestinationArn=theirs)
    years.retention(0).prune()
    assert years.sagemaker.describe_artifact(ArtifactArn=report)
    edges = years.sagemaker.list_associations(DestinationArn=theirs)["AssociationSummaries"]
    assert [edge["SourceArn"] for edge in edges] == [report]


def a_world() -> tuple[World, list[StagedNight]]:
    """Two recorded nights of the same data set, of which SageMaker made lineage of its own."""
    documents = [builders.a_night(f"{n:08x}", dataset="shared") for n in (1, 2)]
    nights = [StagedNight(it, version=n) for n, it in enumerate(documents, 1)]
    world = World(nights)
    for night in nights:
        night.record_until(Stage.DEPLOYMENT_OUTCOME, world.clients)
    world.sagemaker_catches_up()
    return world, nights


def prune(world: World, keep_nights: int) -> None:
    bucket = world.nights[0].bucket
    Retention(world.clients, Shelf(world.s3, bucket), keep_nights).prune()


def test_what_sagemaker_connected_by_itself_keeps_nothing() -> None:
    """It notes its own lineage after we made the artifacts; they have our names and count."""
    world, _ = a_world()
    prune(world, 0)
    left = graph_of(world.sagemaker)["entities"].values()
    assert [it for it in left if isinstance(it, Artifact) and it.name] == []
    arns = graph_of(world.sagemaker)["arns"]
    assert len([arn for arn in arns if "trial-component" in arn]) == 6


def test_what_another_night_needs_keeps_what_sagemaker_connected_with_it() -> None:
    world, (old, _) = a_world()
    uri = old.document["Dataset"]["ManifestUri"]
    arn = api.find_artifact_arn(world.sagemaker, uri, "DataSet")
    assert arn
    before = {it for it in connections(world.sagemaker, arn) if it.is_automatic}
    prune(world, 1)
    assert {it for it in connections(world.sagemaker, arn) if it.is_automatic} == before


@pytest.mark.parametrize("name", ["theirs", "theirs-aws-training"])
def test_what_a_stranger_connected_keeps_what_sagemaker_connected_with_it(name: str) -> None:
    world, (old, _) = a_world()
    arn = api.find_artifact_arn(world.sagemaker, old.package_arn, "Model")
    theirs = world.sagemaker.create_action(
        ActionName=name, ActionType="Review", Source={"SourceUri": "https://x"}
    )["ActionArn"]
    assert arn
    world.sagemaker.add_association(SourceArn=arn, DestinationArn=theirs)
    automatic = {it for it in connections(world.sagemaker, arn) if it.is_automatic}
    prune(world, 0)
    left = set(connections(world.sagemaker, arn))
    assert automatic
    assert left == {*automatic, Connection(arn, theirs, is_automatic=False)}


def test_a_night_comes_back_whole_from_under_what_sagemaker_connected() -> None:
    world, (old, _) = a_world()
    recorded = Shelf(world.s3, old.bucket).find(old.document["DataDate"], old.document["RunId"])
    assert recorded
    prune(world, 0)
    reinstate(world.clients, old.bucket, old.document["DataDate"], old.document["RunId"])
    store = LineageStore(world.sagemaker)
    assert not recorded.graph - store.read(recorded.graph, {}).graph


def test_what_sagemaker_made_by_itself_stays(years: Years) -> None:
    """It has no name: ours was never a second artifact of its URI."""
    run = uuid4().hex[:8]
    document = builders.a_night(run, bucket=years.bucket, dataset=run, workflow="years")
    model_uri = builders.the_jobs(document).train["ModelArtifacts"]["S3ModelArtifacts"]
    arn = years.sagemaker.create_artifact(ArtifactType="Model", Source={"SourceUri": model_uri})[
        "ArtifactArn"
    ]
    night = stage_night(years.s3, StagedNight(document, version=next(_VERSIONS)))
    years.nights.append(night)
    night.record_until(Stage.REGISTRATION, years.clients)
    years.retention(0).prune()
    assert years.sagemaker.describe_artifact(ArtifactArn=arn)["Source"]["SourceUri"] == model_uri


class Serving:
    """A client to which an endpoint serves a configuration."""

    def __init__(self, sagemaker: Any, endpoint_config_name: str) -> None:
        self._sagemaker, self._config = sagemaker, endpoint_config_name

    def describe_endpoint(self, **_: str) -> dict[str, str]:
        return {"EndpointConfigName": self._config}

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)


@pytest.mark.parametrize(("other", "stays"), [("", True), ("-2", False)])
def test_what_an_endpoint_serves_stays(years: Years, other: str, *, stays: bool) -> None:
    old = years.record("2026-11-20")
    served = f"{old.rollout['EndpointConfigName']}{other}"
    clients = Clients(Serving(years.clients.sagemaker, served), years.s3)
    done = years.retention(0, clients).prune()
    assert bool(done.serving) is stays
    assert bool(years.names_of(old)) is stays


@pytest.mark.parametrize("last", [Stage.FEATURISE, Stage.DEPLOYMENT])
def test_a_night_that_goes_on_stays_and_so_does_one_whose_package_is_rolled_out(
    years: Years, last: Stage
) -> None:
    old = years.record("2026-11-20", last)
    done = years.retention(0).prune()
    assert (done.pruned, done.unfinished) == ([], [old.document["RunId"]])
    assert years.names_of(old)


def test_what_a_rollout_may_go_back_to_stays_while_it_lasts(years: Years) -> None:
    """The endpoint has the new configuration already when the smoke test refuses it."""
    old, new = years.record("2026-11-20"), years.record("2026-11-21", Stage.REGISTRATION)
    previous = {"PreviousEndpointConfigName": old.rollout["EndpointConfigName"]}
    record_rollout(years.clients, years.bucket, new.rollout | previous)
    assert years.retention(0).prune().serving == [old.document["RunId"]]


class Recording:
    """A client through which a rollout starts while its night is being removed."""

    def __init__(self, sagemaker: Any, record: Callable[[], object]) -> None:
        self._sagemaker, self._record = sagemaker, record
        self._is_done = False

    def delete_action(self, **asked: str) -> Any:
        if not self._is_done:
            self._is_done = True
            with suppress(LineageNotReady):
                self._record()
        return self._sagemaker.delete_action(**asked)

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)


def test_a_night_that_goes_on_while_it_is_removed_is_not_noted_as_pruned(years: Years) -> None:
    """What the rollout wrote to the graph meanwhile would stay there for ever."""
    old = years.record("2026-11-20", Stage.REGISTRATION)
    sagemaker = Recording(
        years.clients.sagemaker,
        lambda: record_rollout(years.clients, years.bucket, old.rollout),
    )
    done = years.retention(0, Clients(sagemaker, years.s3)).prune()
    assert (done.pruned, done.restored) == ([], [old.document["RunId"]])
    folder = Shelf(years.s3, years.bucket).folder("2026-11-20", old.document["RunId"])
    assert folder
    assert not folder.is_pruned


def test_a_night_whose_record_was_changed_is_not_pruned(years: Years) -> None:
    """The digest in SageMaker's graph is the proof; it must not go before somebody looked."""
    old = years.record("2026-11-20")
    uri = names.record_uri(old.document["RecordUri"], Stage.REGISTRATION)
    text = years.s3.get_object(**location(uri))["Body"].read().decode()
    put(years.s3, uri, text + "\n")
    done = years.retention(0).prune()
    assert "was changed" in done.refused[old.document["RunId"]][0]
    assert years.names_of(old)


def test_without_time_it_stops_before_the_next_night(years: Years) -> None:
    old = years.record("2026-11-20", Stage.REGISTRATION)
    years.record("2026-11-21", Stage.FEATURISE)
    clock = iter([True, False])
    done = years.retention(0).prune(lambda: next(clock))
    assert (done.pruned, done.left) == ([old.document["RunId"]], 1)
