"""The part of SageMaker's graph that concerns one package, at a cost that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator

from lineage import api, names
from lineage.clients import SageMaker
from lineage.model import Association, Graph
from lineage.parallel import map_parallel
from lineage.vocabulary import ActionType, ArtifactType, AssociationType
from lineage.walk import DEEPEST, Direction, Edge, Walk, walk

MOST_DESCRIBES = 16
_DEPTHS = {Direction.ASCENDANTS: DEEPEST, Direction.DESCENDANTS: 2}
_ANCESTOR_TYPES = {
    *ArtifactType,
    ActionType.PROCESSING_JOB,
    ActionType.TRAINING_JOB,
    ActionType.EVALUATION,
    ActionType.NIGHTLY_RETRAIN,
}


def excerpt(sagemaker: SageMaker, package_arn: str) -> Graph:
    """What a package descends from and where it went: two walks, at most 16 describes.

    The graph is empty if SageMaker has no artifact for the package.
    """
    start = api.find_artifact_arn(sagemaker, package_arn, ArtifactType.MODEL)
    if start is None:
        return Graph()
    ancestors, descendants = map_parallel(
        lambda way: walk(sagemaker, start, way, _DEPTHS[way]),
        (Direction.ASCENDANTS, Direction.DESCENDANTS),
    )
    ours = [start, *_ancestors(ancestors, start), *_deployments(descendants)][:MOST_DESCRIBES]
    found = map_parallel(lambda arn: api.find_by_arn(sagemaker, arn), ours)
    described = list(filter(None, found))
    refs = {each.arn: each.entity.ref for each in described}
    return Graph.of(
        *(each.entity for each in described),
        associations=_between(ancestors.edges | descendants.edges, refs),
    )


def _ancestors(found: Walk, start: str) -> list[str]:
    return sorted(arn for arn, it in found.types.items() if it in _ANCESTOR_TYPES and arn != start)


def _deployments(found: Walk) -> list[str]:
    # The endpoint's own context need not be described: a deployment of ours names it.
    return sorted(
        arn
        for arn, entity_type in found.types.items()
        if entity_type == ActionType.MODEL_DEPLOYMENT and not names.is_sagemakers_own(arn)
    )


def _between(edges: frozenset[Edge], refs: dict[str, str]) -> Iterator[Association]:
    for edge in edges:
        if {edge.source_arn, edge.destination_arn} <= refs.keys():
            # SageMaker may have made it first, and gives some of its own no type.
            kind = edge.type or AssociationType.CONTRIBUTED_TO
            yield Association(refs[edge.source_arn], refs[edge.destination_arn], kind)
