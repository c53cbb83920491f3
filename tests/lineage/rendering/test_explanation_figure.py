from __future__ import annotations

from typing import Any

from lineage.model import Entity
from lineage.rendering.explanation_figure import figure
from lineage.vocabulary import ActionType, ContextType, Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until

Document = dict[str, Any]


def test_the_figure_is_the_recorded_graph(explanation: Document) -> None:
    """Arrow by arrow; only the workflow, which all nights share, is left out."""
    graph = graph_until(Stage.DEPLOYMENT_OUTCOME, builders.a_night())
    drawn = figure(explanation)
    uris = {node.id: node.uri for node in drawn.nodes}
    assert {(uris[arrow.source], uris[arrow.destination]) for arrow in drawn.arrows} == {
        (_uri(graph.entities[edge.source]), _uri(graph.entities[edge.destination]))
        for edge in graph.associations
        if graph.entities[edge.destination].type != ContextType.WORKFLOW
    }


def _uri(entity: Entity) -> str:
    # All deployments to an endpoint have its ARN as their source.
    return entity.name if entity.type == ActionType.MODEL_DEPLOYMENT else entity.source_uri


def test_the_way_to_the_source_is_marked(explanation: Document) -> None:
    marked = [
        (arrow.source, arrow.destination)
        for arrow in figure(explanation).arrows
        if arrow.is_on_path
    ]
    assert marked == [
        ("source", "processing"),
        ("processing", "train"),
        ("train", "training"),
        ("training", "model"),
        ("model", "package"),
    ]


def test_every_scalar_of_the_document_is_a_fact_of_some_node(explanation: Document) -> None:
    facts = {
        value
        for node in figure(explanation).nodes
        for group in node.groups.values()
        for value in group.values()
    }
    names = {
        value
        for key, part in explanation.items()
        if isinstance(part, dict) and key != "Record"
        for value in part.values()
        if isinstance(value, str)
    }
    assert names <= facts


def test_two_deployments_to_one_endpoint_lead_to_one_node(explanation: Document) -> None:
    (deployed,) = explanation["Deployments"]
    explanation["Deployments"] = [deployed, deployed | {"Name": "again"}]
    drawn = figure(explanation)
    assert [node.id for node in drawn.nodes][-3:] == ["deployment1", "deployment2", "endpoint1"]
    assert ("deployment2", "endpoint1") in {(it.source, it.destination) for it in drawn.arrows}


def test_a_deployment_that_never_took_over_leads_nowhere(explanation: Document) -> None:
    del explanation["Deployments"][0]["SwitchedAt"]
    assert figure(explanation).nodes[-1].id == "deployment1"


def test_what_is_deployed_nowhere_ends_with_the_package(explanation: Document) -> None:
    explanation["Deployments"] = []
    assert figure(explanation).nodes[-1].id == "package"
