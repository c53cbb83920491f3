from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from embedded_aws.sagemaker.lineage.entities import Association, Entity, Kind, LineageArns
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas
from embedded_aws.sagemaker.lineage.walk import ASCENDANTS, BOTH, DESCENDANTS, walk

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ARNS = LineageArns("arn:aws:sagemaker:us-east-1:123456789012:")


class CountingGraph(Graph):
    """A graph that counts how often it is asked for neighbours."""

    def __init__(self) -> None:
        super().__init__(LineageQuotas(artifacts=10**6, associations=10**6))
        self.questions = 0

    def incoming(self, arn: str) -> tuple[Association, ...]:
        self.questions += 1
        return tuple(super().incoming(arn))

    def outgoing(self, arn: str) -> tuple[Association, ...]:
        self.questions += 1
        return tuple(super().outgoing(arn))


def grow(graph: Graph, uris: list[str]) -> list[str]:
    """A chain of artifacts."""
    arns = [ARNS.artifact(uri) for uri in uris]
    for uri, arn in zip(uris, arns, strict=True):
        graph.add(Entity(arn, Kind.ARTIFACT, None, "DataSet", {"SourceUri": uri}, NOW, NOW))
    for source, destination in pairwise(arns):
        graph.associate(Association(source, destination, "DerivedFrom", NOW))
    return arns


@pytest.mark.parametrize("direction", [ASCENDANTS, DESCENDANTS, BOTH])
def test_a_walk_costs_what_it_reaches_not_what_the_account_holds(direction: str) -> None:
    graph = CountingGraph()
    chain = grow(graph, ["a", "b", "c", "d"])
    alone = walk(graph, chain[1], direction, 10)
    questions_alone, graph.questions = graph.questions, 0

    for night in range(500):
        grow(graph, [f"{night}-{step}" for step in range(5)])

    assert walk(graph, chain[1], direction, 10) == alone
    assert graph.questions == questions_alone


def test_paths_leave_out_what_leads_nowhere() -> None:
    graph = CountingGraph()
    start, middle, end = grow(graph, ["start", "middle", "end"])
    (aside,) = grow(graph, ["aside"])
    graph.associate(Association(start, aside, None, NOW))

    assert set(walk(graph, start, DESCENDANTS, 10).paths_to([end])) == {start, middle, end}


def test_every_shortest_path_to_a_match_counts() -> None:
    graph = CountingGraph()
    start, left, end = grow(graph, ["start", "left", "end"])
    (right,) = grow(graph, ["right"])
    graph.associate(Association(start, right, None, NOW))
    graph.associate(Association(right, end, None, NOW))

    assert set(walk(graph, start, DESCENDANTS, 10).paths_to([end])) == {start, left, right, end}
