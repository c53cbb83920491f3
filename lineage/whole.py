"""Whether a night's lineage is whole: one of everything, and nothing that hangs loose."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.errors import LineageIncomplete
from lineage.model import Artifact, Context, Entity, Graph
from lineage.vocabulary import ActionType, ArtifactType, Stage

_ONE_ACTION_OF_EACH = {
    "processing job": ActionType.PROCESSING_JOB,
    "training job": ActionType.TRAINING_JOB,
    "evaluation": ActionType.EVALUATION,
    "night": ActionType.NIGHTLY_RETRAIN,
}


def require_whole(graph: Graph, stage: Stage) -> None:
    """Check a graph that is to be the lineage of a night up to a stage.

    Before the evaluation there is nothing to be whole yet.

    Raises:
        LineageIncomplete: naming everything that is missing or twice there.
    """
    found = list(complaints(graph, stage))
    if found:
        raise LineageIncomplete(
            f"The lineage up to {stage} is not whole: {'; '.join(found)}. Nothing is registered or"
            " deployed on it; find the job that was not recorded, then redrive the night."
        )


def is_checked(stage: Stage) -> bool:
    """Whether lineage must be whole at a stage: before registration, and before deployment."""
    return stage in (Stage.EVALUATION, Stage.REGISTRATION)


def complaints(graph: Graph, stage: Stage) -> Iterator[str]:
    """Everything that keeps a graph from being whole."""
    if not is_checked(stage):
        return
    yield from _counted("source data set", len(sources(graph)))
    for what, action_type in _ONE_ACTION_OF_EACH.items():
        yield from _counted(what, len(graph.actions(action_type)))
    yield from _counted("evaluation report", len(graph.artifacts(ArtifactType.EVALUATION_REPORT)))
    yield from _counted("hyperparameter set", _values(graph, "Hyperparameters"))
    yield from _counted("decision", _values(graph, "Decision"))
    yield from _counted("code digest", _values(graph, "CodeDigest"))
    yield from _counted("image", _values(graph, "ImageUri"))
    if stage is not Stage.EVALUATION:
        yield from _counted("model package", len(packages(graph)))
    yield from _unrecorded(graph)
    yield from _unfollowed(graph)
    for package in packages(graph):
        yield from _uncontributed(graph, package)


def sources(graph: Graph) -> list[Artifact]:
    """The data sets that nothing in the graph produced."""
    return [it for it in graph.artifacts(ArtifactType.DATASET) if not graph.sources_of(it.ref)]


def packages(graph: Graph) -> list[Artifact]:
    """The model packages; what type SageMaker itself gives them is undocumented."""
    return [
        entity
        for _, entity in sorted(graph.entities.items())
        if isinstance(entity, Artifact) and "ModelPackageVersion" in entity.properties
    ]


def _values(graph: Graph, key: str) -> int:
    return len({it.properties[key] for it in graph.entities.values() if key in it.properties})


def _counted(what: str, count: int) -> Iterator[str]:
    if count != 1:
        yield f"{count} {what}s instead of 1" if count else f"no {what}"


def _unrecorded(graph: Graph) -> Iterator[str]:
    for edge in sorted(graph.associations):
        for ref in {edge.source, edge.destination} - graph.entities.keys():
            yield f"{ref}, of {edge.source} -> {edge.destination}, is not recorded"


def _unfollowed(graph: Graph) -> Iterator[str]:
    leading_on = {edge.source for edge in graph.associations}
    for ref in sorted(graph.entities.keys() - leading_on):
        entity = graph.entities[ref]
        if not isinstance(entity, Context) and not _is_end(entity, graph):
            yield f"nothing follows from {ref}"


def _is_end(entity: Entity, graph: Graph) -> bool:
    ends = packages(graph) or graph.artifacts(ArtifactType.EVALUATION_REPORT)
    return entity in ends or entity.type == ActionType.MODEL_DEPLOYMENT


def _uncontributed(graph: Graph, package: Artifact) -> Iterator[str]:
    contributors = {
        graph.entities[ref].type for ref in graph.sources_of(package.ref) if ref in graph.entities
    }
    for needed in (ArtifactType.MODEL, ArtifactType.EVALUATION_REPORT, ActionType.NIGHTLY_RETRAIN):
        if needed not in contributors:
            yield f"no {needed} contributed to {package.source_uri}"
