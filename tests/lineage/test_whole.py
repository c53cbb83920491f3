from __future__ import annotations

from dataclasses import replace

import pytest

from lineage.errors import LineageIncomplete
from lineage.model import Association, Entity, Graph, Ref
from lineage.vocabulary import ActionType, ArtifactType, AssociationType, Stage
from lineage.whole import packages, require_whole, sources
from tests.lineage import builders
from tests.lineage.graphs import graph_until

NIGHT = builders.a_night()
REGISTERED = graph_until(Stage.REGISTRATION, NIGHT)
EVALUATED = graph_until(Stage.EVALUATION, NIGHT)


@pytest.mark.parametrize("stage", Stage)
def test_a_night_as_it_should_be_is_whole_at_every_stage(stage: Stage) -> None:
    require_whole(graph_until(stage, NIGHT), stage)


def test_a_rejected_night_is_whole_too() -> None:
    require_whole(graph_until(Stage.EVALUATION, NIGHT, auc=0.9), Stage.EVALUATION)


@pytest.mark.parametrize("ref", sorted(EVALUATED.entities))
def test_no_entity_can_be_missing(ref: Ref) -> None:
    if not ref.startswith("context:"):
        with pytest.raises(LineageIncomplete):
            require_whole(without_entity(EVALUATED, ref), Stage.EVALUATION)


@pytest.mark.parametrize(
    "edge",
    [it for it in REGISTERED.associations if not it.destination.startswith("context:")],
    ids=lambda it: f"{it.source}->{it.destination}",
)
def test_no_association_can_be_missing(edge: Association) -> None:
    holed = Graph(REGISTERED.entities, REGISTERED.associations - {edge})
    with pytest.raises(LineageIncomplete):
        require_whole(holed, Stage.REGISTRATION)


@pytest.mark.parametrize(
    ("action_type", "key", "complaint"),
    [
        (ActionType.TRAINING_JOB, "Hyperparameters", "no hyperparameter set"),
        (ActionType.NIGHTLY_RETRAIN, "Decision", "no decision"),
    ],
)
def test_no_fact_can_be_missing(action_type: ActionType, key: str, complaint: str) -> None:
    (action,) = EVALUATED.actions(action_type)
    told = {name: value for name, value in action.properties.items() if name != key}
    with pytest.raises(LineageIncomplete, match=complaint):
        require_whole(with_entity(replace(action, properties=told)), Stage.EVALUATION)


@pytest.mark.parametrize(
    ("key", "complaint"),
    [("ImageUri", "2 images instead of 1"), ("CodeDigest", "2 code digests instead of 1")],
)
def test_all_jobs_ran_the_same_code_in_the_same_image(key: str, complaint: str) -> None:
    (job,) = EVALUATED.actions(ActionType.EVALUATION)
    other = replace(job, properties={**job.properties, key: "another"})
    with pytest.raises(LineageIncomplete, match=complaint):
        require_whole(with_entity(other), Stage.EVALUATION)


def test_a_second_training_job_shows() -> None:
    (job,) = EVALUATED.actions(ActionType.TRAINING_JOB)
    with pytest.raises(LineageIncomplete, match="2 training jobs instead of 1"):
        require_whole(with_entity(replace(job, name="another")), Stage.EVALUATION)


def test_a_data_set_that_no_job_of_the_night_wrote_shows() -> None:
    (job,) = EVALUATED.actions(ActionType.TRAINING_JOB)
    foreign = Association("artifact:s3://other/", job.ref, AssociationType.CONTRIBUTED_TO)
    mixed = Graph(EVALUATED.entities, EVALUATED.associations | {foreign})
    for stage in (Stage.TRAINING, Stage.EVALUATION):
        with pytest.raises(LineageIncomplete, match=r"artifact:s3://other/, of .* is not recorded"):
            require_whole(mixed, stage)


def test_the_complaint_says_what_to_do() -> None:
    with pytest.raises(LineageIncomplete, match="Find out which job was not recorded"):
        require_whole(Graph(), Stage.EVALUATION)


def test_source_and_package_are_told_by_what_they_are() -> None:
    assert [it.source_uri for it in sources(REGISTERED)] == [NIGHT["Dataset"]["ManifestUri"]]
    package_arn = builders.a_package(NIGHT)["ModelPackageArn"]
    assert [it.source_uri for it in packages(REGISTERED)] == [package_arn]
    assert len(REGISTERED.artifacts(ArtifactType.MODEL)) == 2


def without_entity(graph: Graph, ref: Ref) -> Graph:
    """The graph as if the entity had never been: associations go with it."""
    return Graph(
        {each: entity for each, entity in graph.entities.items() if each != ref},
        frozenset(it for it in graph.associations if ref not in (it.source, it.destination)),
    )


def with_entity(entity: Entity) -> Graph:
    return Graph({**EVALUATED.entities, entity.ref: entity}, EVALUATED.associations)
