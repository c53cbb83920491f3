"""Whether a night's lineage is whole: one entity in each role, and every step between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lineage.errors import LineageIncomplete
from lineage.model import Artifact, Entity, Graph
from lineage.vocabulary import ActionType, ArtifactType, Channel, Stage

_SOURCE, _MODEL, _REPORT, _PACKAGE = "source data set", "model", "evaluation report", "package"
_PROCESSING, _TRAINING, _EVALUATION, _NIGHT = (
    "processing job",
    "training job",
    "evaluation",
    "night",
)
_ROLES: dict[str, str] = {
    ArtifactType.MODEL: _MODEL,
    ArtifactType.EVALUATION_REPORT: _REPORT,
    ActionType.PROCESSING_JOB: _PROCESSING,
    ActionType.TRAINING_JOB: _TRAINING,
    ActionType.EVALUATION: _EVALUATION,
    ActionType.NIGHTLY_RETRAIN: _NIGHT,
}
_STEPS_TO_REPORT = (
    (_SOURCE, _PROCESSING),
    *((_PROCESSING, channel) for channel in Channel),
    (Channel.TRAIN, _TRAINING),
    (Channel.VALIDATION, _TRAINING),
    (_TRAINING, _MODEL),
    (_MODEL, _EVALUATION),
    (Channel.HOLDOUT, _EVALUATION),
    (_EVALUATION, _REPORT),
)
_STEPS_TO_PACKAGE = ((_MODEL, _PACKAGE), (_REPORT, _PACKAGE), (_NIGHT, _PACKAGE))
_ONE_VALUE_OF_EACH = {
    "Hyperparameters": "hyperparameter set",
    "Decision": "decision",
    "CodeDigest": "code digest",
    "ImageUri": "image",
}


def require_whole(graph: Graph, stage: Stage) -> None:
    """Check a graph that is to be the lineage of a night up to a stage.

    Raises:
        LineageIncomplete: naming everything that is missing, foreign, or there twice.
    """
    found = list(complaints(graph, stage))
    if found:
        raise LineageIncomplete(
            f"The lineage up to {stage} is not whole: {'; '.join(found)}. Nothing is registered or"
            " deployed on it. Find out which job was not recorded, or read what it should not have."
        )


def is_checked(stage: Stage) -> bool:
    """Whether the index must show everything: before registration, and before deployment."""
    return stage in (Stage.EVALUATION, Stage.REGISTRATION)


def complaints(graph: Graph, stage: Stage) -> Iterator[str]:
    """Everything that keeps a graph from being whole.

    Before the evaluation that is only what a job read although no job of the night wrote it.
    """
    yield from _unrecorded(graph)
    if stage.position >= Stage.EVALUATION.position:
        yield from _missing_facts(graph)
        yield from _missing_steps(graph, _STEPS_TO_REPORT)
    if stage.position >= Stage.REGISTRATION.position:
        yield from _missing_steps(graph, _STEPS_TO_PACKAGE)


def sources(graph: Graph) -> list[Artifact]:
    """The source data sets."""
    return _artifacts_in_role(graph, _SOURCE)


def packages(graph: Graph) -> list[Artifact]:
    """The model packages."""
    return _artifacts_in_role(graph, _PACKAGE)


def _artifacts_in_role(graph: Graph, role: str) -> list[Artifact]:
    found = [it for it in graph.entities.values() if isinstance(it, Artifact) and _role(it) == role]
    return sorted(found, key=lambda artifact: artifact.ref)


def _role(entity: Entity) -> str | None:
    # What type SageMaker gives the artifact that it makes of a package is undocumented.
    if "ModelPackageVersion" in entity.properties:
        return _PACKAGE
    if entity.type == ArtifactType.DATASET:
        return entity.properties.get("Channel", _SOURCE)
    return _ROLES.get(entity.type)


def _unrecorded(graph: Graph) -> Iterator[str]:
    for edge in sorted(graph.associations):
        for ref in {edge.source, edge.destination} - graph.entities.keys():
            yield f"{ref}, of {edge.source} -> {edge.destination}, is not recorded"


def _missing_facts(graph: Graph) -> Iterator[str]:
    for key, what in _ONE_VALUE_OF_EACH.items():
        told = {it.properties[key] for it in graph.entities.values() if key in it.properties}
        yield from _unless_one(what, len(told))


def _missing_steps(graph: Graph, steps: tuple[tuple[str, str], ...]) -> Iterator[str]:
    roles = {ref: _role(entity) for ref, entity in graph.entities.items()}
    filled = Counter(roles.values())
    for role in sorted({role for step in steps for role in step}):
        yield from _unless_one(role, filled[role])
    taken = {(roles.get(it.source), roles.get(it.destination)) for it in graph.associations}
    for source, destination in steps:
        if (source, destination) not in taken:
            yield f"no step {source} -> {destination}"


def _unless_one(what: str, count: int) -> Iterator[str]:
    if count != 1:
        yield f"{count} {what}s instead of 1" if count else f"no {what}"
