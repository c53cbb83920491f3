"""Taking a night out of the graph: all that is ours goes, however late the graph shows it."""

from __future__ import annotations

import pytest

from lineage.clients import Clients
from lineage.model import Context
from lineage.records.shelf import Shelf
from lineage.retention import Pruning, Retention
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.lag import LingeringWire
from tests.lineage.nights import StagedNight
from tests.lineage.quick import make_quick
from tests.lineage.worlds import World, graph_of


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


@pytest.fixture
def world() -> World:
    """Two nights of one data set."""
    documents = [builders.a_night(f"{n:08x}", dataset="shared") for n in (1, 2)]
    nights = [StagedNight(it, version=n) for n, it in enumerate(documents, 1)]
    world = World(nights)
    for night in nights:
        night.record_until(Stage.DEPLOYMENT_OUTCOME, world.clients)
    world.sagemaker_catches_up()
    return world


def prune(world: World, clients: Clients | None = None) -> Pruning:
    """Prune all of its nights."""
    used = clients or world.clients
    return Retention(used, Shelf(used.s3, world.nights[0].bucket), 0).prune()


def ours_of(world: World) -> list[str]:
    """What of the nights there is in the graph."""
    entities = graph_of(world.sagemaker)["entities"].values()
    return [it.name for it in entities if not isinstance(it, Context) and "RunId" in it.properties]


def run_ids(world: World) -> list[str]:
    return [it.document["RunId"] for it in world.nights]


def test_associations_that_show_after_they_were_deleted_keep_nothing(world: World) -> None:
    """Neither their own nor those of a night before with the same data set."""
    done = prune(world, LingeringWire(world, counts=False).through(world.clients))
    assert (done.pruned, ours_of(world)) == (run_ids(world), [])
    manifest = world.nights[0].document["Dataset"]["ManifestUri"]
    assert not world.sagemaker.list_artifacts(SourceUri=manifest)["ArtifactSummaries"]


def test_a_night_is_not_pruned_while_sagemaker_counts_its_deleted_associations(
    world: World,
) -> None:
    done = prune(world, LingeringWire(world, counts=True).through(world.clients))
    assert (done.pruned, done.unfinished) == ([], run_ids(world))
    assert ours_of(world)
    assert not any(it.is_pruned for it in Shelf(world.s3, world.nights[0].bucket).folders())
    assert prune(world).pruned == run_ids(world)
    assert ours_of(world) == []


def test_an_artifact_that_somebody_else_made_and_named_stays() -> None:
    """A night adopts it: a URI has one artifact."""
    night = StagedNight(builders.a_night())
    world = World([night])
    model = builders.the_jobs(night.document).train["ModelArtifacts"]["S3ModelArtifacts"]
    theirs = world.sagemaker.create_artifact(
        ArtifactName="the-scientists-own", ArtifactType="Model", Source={"SourceUri": model}
    )["ArtifactArn"]
    night.record_until(Stage.DEPLOYMENT_OUTCOME, world.clients)
    assert prune(world).pruned == run_ids(world)
    assert ours_of(world) == ["the-scientists-own"]
    assert not world.sagemaker.list_associations(SourceArn=theirs)["AssociationSummaries"]
