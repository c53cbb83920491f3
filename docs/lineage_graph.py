"""Shows the graph of a night as the code makes it: a picture, its vocabulary, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.model import Action, Artifact, Entity, Graph
from lineage.queries.budget import LIMITS, usage
from lineage.rendering.figure import Arrow, Figure, Kind, Node
from lineage.rendering.mermaid import flowchart
from lineage.vocabulary import ActionType, ArtifactType, ContextType, Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until

_KINDS = {
    ArtifactType.DATASET: Kind.DATA,
    ArtifactType.MODEL: Kind.MODEL,
    ArtifactType.EVALUATION_REPORT: Kind.REPORT,
    ActionType.PROCESSING_JOB: Kind.JOB,
    ActionType.TRAINING_JOB: Kind.JOB,
    ActionType.EVALUATION: Kind.JOB,
    ActionType.NIGHTLY_RETRAIN: Kind.NIGHT,
    ActionType.MODEL_DEPLOYMENT: Kind.DEPLOYMENT,
    ContextType.WORKFLOW: Kind.NIGHT,
    ContextType.ENDPOINT: Kind.ENDPOINT,
}
_MANY = "…"


def graph_diagram() -> str:
    """A Mermaid flowchart of a whole night and its rollout."""
    graph = _night()
    refs = list(graph.entities)
    ids = {ref: f"n{number}" for number, ref in enumerate(refs)}
    drawn = Figure(
        title="The lineage graph of a night",
        description="From source data to a deployed model package, in the words of SageMaker",
        nodes=tuple(
            Node(ids[ref], _KINDS[entity.type], entity.type, _role(entity), entity.source_uri)
            for ref, entity in graph.entities.items()
        ),
        arrows=tuple(
            Arrow(ids[edge.source], ids[edge.destination], label=edge.type)
            for edge in sorted(
                graph.associations,
                key=lambda it: (refs.index(it.source), refs.index(it.destination)),
            )
        ),
    )
    return f"```mermaid\n{flowchart(drawn)}```"


def vocabulary_table() -> str:
    """A Markdown table of the entities of a night: type, name, source and properties."""
    rows = (_row(entity) for entity in _night().entities.values())
    head = ["| | type | name | source | properties |", "|---|---|---|---|---|"]
    return "\n".join([*head, *dict.fromkeys(rows)])


def costs_table() -> str:
    """A Markdown table of how many entities a night and a rollout add, beside the quotas."""
    registered = usage([_night(Stage.REGISTRATION)])
    deployed = usage([_night()])
    head = ["| | a night | and its rollout | quota |", "|---|---|---|---|"]
    rows = (
        f"| {kind.lower()} | {registered[kind]} | {deployed[kind] - registered[kind]} | {limit:,} |"
        for kind, limit in LIMITS.items()
    )
    return "\n".join([*head, *rows])


def _night(until: Stage = Stage.DEPLOYMENT_OUTCOME) -> Graph:
    return graph_until(until, builders.a_night())


def _row(entity: Entity) -> str:
    kind = type(entity).__name__.lower()
    name = f"`{_general(entity.name)}`"
    source = f"`{_general(entity.source_uri)}`"
    return f"| {kind} | {entity.type} | {name} | {source} | {', '.join(_keys(entity))} |"


def _keys(entity: Entity) -> Iterator[str]:
    yield from (f"`{key}`" for key in entity.properties)


def _general(text: str) -> str:
    """A name or URI of the example with its own marks left out."""
    night = builders.a_night()
    run_id, digest = night["RunId"], night["Dataset"]["Digest"]
    marks = (run_id, run_id.rpartition("-")[2], digest, digest[:32], night["DataDate"])
    for mark in (*marks, builders.ACCOUNT, builders.REGION):
        text = text.replace(mark, _MANY)
    return text


def _role(entity: Entity) -> str:
    if isinstance(entity, Artifact) and entity.type == ArtifactType.MODEL:
        return "package" if entity.source_uri.startswith("arn:") else "model.tar.gz"
    if isinstance(entity, Artifact):
        source = "report" if entity.type == ArtifactType.EVALUATION_REPORT else "source"
        return entity.properties.get("Channel", source)
    return "action" if isinstance(entity, Action) else "context"
