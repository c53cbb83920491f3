"""What another writer has made is taken, however its existence is told; what it told is kept."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage import api, whole
from lineage.clients import Clients
from lineage.model import Action, Artifact, Association, Context, Entity, Graph
from lineage.queries.excerpt import excerpt
from lineage.store import LineageStore, Snapshot
from lineage.vocabulary import AssociationType, Stage, Status
from tests.lineage import builders
from tests.lineage.nights import StagedNight
from tests.lineage.stories import NIGHT
from tests.lineage.wires import Call, Wire
from tests.lineage.worlds import World

EMPTY = Snapshot(Graph(), {})
OURS, THEIRS = {"Ours": "told"}, {"Theirs": "told"}
ENTITIES: tuple[Callable[[dict[str, str]], Entity], ...] = (
    lambda told: Artifact("s3://bucket/data/", "DataSet", "data", told),
    lambda told: Action("job", "TrainingJob", "arn:job", Status.COMPLETED, told),
    lambda told: Context("workflow", "Workflow", "arn:machine", told),
)
TELLINGS = (
    ("ValidationException", "Artifact names must be unique within an AWS account and region."),
    ("ConflictException", "Another request is in progress."),
    ("ResourceInUse", "In use."),
    ("ResourceAlreadyExistsException", "It already exists."),
    ("ServiceQuirk", ""),
)
every_telling = pytest.mark.parametrize(("code", "message"), TELLINGS)


class Refusing(Wire):
    """Refuses what is to be created, in the words that it was given."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__()
        self._told = {"Error": {"Code": code, "Message": message}}

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name.startswith(("create_", "add_")):
            raise ClientError(self._told, name)
        return super().carry(name, call, request)


@pytest.fixture
def world() -> World:
    return World([])


@every_telling
@pytest.mark.parametrize("entity", ENTITIES, ids=["artifact", "action", "context"])
def test_an_entity_that_exists_is_completed_whatever_the_refusal_says(
    entity: Callable[[dict[str, str]], Entity], code: str, message: str, world: World
) -> None:
    LineageStore(world.clients.sagemaker).apply(Graph.of(entity(THEIRS)), EMPTY)
    refused = LineageStore(Refusing(code, message).through(world.clients).sagemaker)
    refused.apply(Graph.of(entity(OURS)), EMPTY)
    (found,) = world.contents()["entities"].values()
    assert found == entity(THEIRS | OURS)


@every_telling
def test_an_association_that_exists_is_enough_whatever_the_refusal_says(
    code: str, message: str, world: World
) -> None:
    source, destination = (make({}) for make in ENTITIES[:2])
    edge = Association(source.ref, destination.ref, AssociationType.CONTRIBUTED_TO)
    graph = Graph.of(source, destination, associations=[edge])
    LineageStore(world.clients.sagemaker).apply(graph, EMPTY)
    before = world.contents()
    LineageStore(Refusing(code, message).through(world.clients).sagemaker).apply(graph, EMPTY)
    assert world.contents() == before


@pytest.mark.parametrize("association_type", ["AssociatedWith", None])
def test_an_association_that_sagemaker_made_first_is_enough_whatever_its_type(
    association_type: str | None,
) -> None:
    """Two entities have only one, so ours cannot be added; the registration must not wait for it.

    SageMaker may know by itself which model a package was made of.
    """
    night = StagedNight(builders.a_night())
    world = World([night])
    night.record_until(Stage.EVALUATION, world.clients)
    sagemaker: Any = world.sagemaker
    source = {"SourceUri": night.package_arn}
    package = sagemaker.create_artifact(ArtifactType="Model", Source=source)["ArtifactArn"]
    model_uri = builders.the_jobs(night.document).train["ModelArtifacts"]["S3ModelArtifacts"]
    sagemaker.add_association(
        SourceArn=api.find_artifact_arn(sagemaker, model_uri, "Model"),
        DestinationArn=package,
        **({"AssociationType": association_type} if association_type else {}),
    )
    assert night.record(Stage.REGISTRATION, world.clients).indexed
    assert not [*whole.complaints(excerpt(sagemaker, night.package_arn), Stage.REGISTRATION)]


def test_a_refusal_of_what_does_not_exist_is_raised(world: World) -> None:
    """An unknown reason is AWS's to tell; nobody retries for it."""
    store = LineageStore(Refusing("AccessDeniedException", "No.").through(world.clients).sagemaker)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        store.apply(Graph.of(ENTITIES[0](OURS)), EMPTY)


class Meeting(Wire):
    """Lets the calls of a name go on only when so many of them wait together."""

    def __init__(self, meeting: dict[str, int]) -> None:
        super().__init__()
        self._barriers = {name: Barrier(size, timeout=60) for name, size in meeting.items()}

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name in self._barriers:
            self._barriers[name].wait()
        return super().carry(name, call, request)


def test_entities_are_written_at_the_same_time_and_then_their_associations() -> None:
    night = StagedNight(builders.a_night())
    world = World([night])
    meeting = {"create_artifact": 4, "create_action": 2, "create_context": 1, "add_association": 5}
    wire = Meeting(meeting)
    clients: Clients = wire.through(world.clients)
    NIGHT.steps[0].record(clients)
    assert {name: wire.made[name] for name in meeting} == meeting
