from __future__ import annotations

from typing import Any

import pytest

from lineage.vocabulary import AssociationType
from lineage.walk import Direction, Edge, Walk, walk

FAN = 60


def artifact(sagemaker: Any, uri: str) -> str:
    arn: str = sagemaker.create_artifact(ArtifactType="DataSet", Source={"SourceUri": uri})[
        "ArtifactArn"
    ]
    return arn


@pytest.fixture(scope="module")
def hub(sagemaker: Any) -> str:
    """An artifact that comes from more artifacts than QueryLineage puts on a page."""
    arn = artifact(sagemaker, "hub")
    for number in range(FAN):
        sagemaker.add_association(
            SourceArn=artifact(sagemaker, f"spoke-{number}"),
            DestinationArn=arn,
            AssociationType="DerivedFrom",
        )
    return arn


def test_a_walk_goes_through_all_pages(sagemaker: Any, hub: str) -> None:
    found = walk(sagemaker, hub, Direction.ASCENDANTS)
    assert len(found.types) == FAN + 1
    assert len(found.edges) == FAN
    assert {edge.type for edge in found.edges} == {AssociationType.DERIVED_FROM}


def test_a_walk_keeps_to_its_direction(sagemaker: Any, hub: str) -> None:
    ancestors = walk(sagemaker, hub, Direction.ASCENDANTS).types.keys() - {hub}
    assert not ancestors & walk(sagemaker, hub, Direction.DESCENDANTS).types.keys()


def test_a_walk_goes_no_deeper_than_told(sagemaker: Any, hub: str) -> None:
    after, later = artifact(sagemaker, "after"), artifact(sagemaker, "later")
    for source, destination in ((hub, after), (after, later)):
        sagemaker.add_association(SourceArn=source, DestinationArn=destination)
    assert later not in walk(sagemaker, after, Direction.ASCENDANTS, 1).types
    assert set(walk(sagemaker, later, Direction.ASCENDANTS, 1).types) == {after, later}


def test_an_association_without_a_type_is_an_edge_without_one(sagemaker: Any) -> None:
    one, other = artifact(sagemaker, "one"), artifact(sagemaker, "other")
    sagemaker.add_association(SourceArn=one, DestinationArn=other)
    assert walk(sagemaker, other, Direction.ASCENDANTS).edges == {Edge(one, other, None)}


def test_what_only_a_trial_component_connects_is_left_out() -> None:
    """Its ARN is no vertex of ours, so its edges lead nowhere."""
    found = Walk(
        {"model": "Model", "training": "TrainingJob", "code": "DataSet"},
        frozenset({Edge("training", "model", None), Edge("code", "trial", None)}),
    )
    assert found.connected_to("model") == Walk(
        {"model": "Model", "training": "TrainingJob"},
        frozenset({Edge("training", "model", None)}),
    )
