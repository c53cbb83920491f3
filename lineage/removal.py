"""Takes a night's own entities out of SageMaker's graph, but for what others still need."""

from __future__ import annotations

from collections.abc import Collection

from botocore.exceptions import ClientError

from lineage import api
from lineage.automatic import Connection, connections
from lineage.clients import SageMaker
from lineage.model import Action, Artifact, Entity, Graph, Ref
from lineage.store import LineageStore

Pair = tuple[str, str]
"""The ARNs of an association's source and destination."""


def remove(sagemaker: SageMaker, graph: Graph, disconnected: set[Pair]) -> list[Ref]:
    """Delete a night's associations, then its entities; what is gone already is passed over.

    Args:
        sagemaker: A client of the account that holds the graph.
        graph: All of a night.
        disconnected: What was deleted before and may show still; what is deleted here is added.

    Returns:
        What SageMaker does not delete yet, for associations that are deleted: try again later.
    """
    found = {ref: api.find(sagemaker, it) for ref, it in graph.entities.items()}
    indexed = {ref: it for ref, it in found.items() if it}
    for edge in sorted(graph.associations):
        if {edge.source, edge.destination} <= indexed.keys():
            pair = indexed[edge.source].arn, indexed[edge.destination].arn
            _disconnect(sagemaker, pair, disconnected)
    return [
        ref
        for ref, it in indexed.items()
        if _is_ours(it.entity, graph.entities[ref]) and not _delete(sagemaker, it, disconnected)
    ]


def is_removed(sagemaker: SageMaker, graph: Graph) -> bool:
    """Whether nothing is left of a night but what others are connected with."""
    there = LineageStore(sagemaker).read(graph, {})
    ours = [
        there.arns[ref]
        for ref, entity in there.graph.entities.items()
        if _is_ours(entity, graph.entities[ref])
    ]
    return not there.graph.associations and all(_is_held(sagemaker, arn) for arn in ours)


def _is_held(sagemaker: SageMaker, arn: str) -> bool:
    return not all(each.is_automatic for each in connections(sagemaker, arn))


def _disconnect(sagemaker: SageMaker, pair: Pair, disconnected: set[Pair]) -> None:
    source_arn, destination_arn = pair
    api.ignore_missing(
        sagemaker.delete_association, SourceArn=source_arn, DestinationArn=destination_arn
    )
    disconnected.add(pair)


def _delete(sagemaker: SageMaker, indexed: api.Indexed, disconnected: set[Pair]) -> bool:
    """Delete an entity of ours with which nobody connected anything, SageMaker apart.

    What we made is ours although SageMaker's trial components hang on it since: it has a name and
    counts. They stay, without it; AWS's SDK disconnects before it deletes, too
    (``Artifact.delete(disassociate=True)``). That SageMaker does not connect them a second time,
    and lets us disconnect what it connected, is inferred from that.

    Returns:
        Whether it is gone or needed; not if only what is disconnected keeps it.
    """
    # Nothing says that ListAssociations shows at once what DeleteAssociation did.
    found = _connections_but(sagemaker, indexed.arn, disconnected)
    if not all(each.is_automatic for each in found):
        return True
    for each in found:
        _disconnect(sagemaker, each.ends, disconnected)
    try:
        _delete_alone(sagemaker, indexed)
    except ClientError:
        # What somebody has connected meanwhile cannot be deleted, and need not be.
        if not any(connections(sagemaker, indexed.arn)):
            raise
        return bool(_connections_but(sagemaker, indexed.arn, disconnected))
    return True


def _connections_but(
    sagemaker: SageMaker, arn: str, disconnected: Collection[Pair]
) -> list[Connection]:
    return [each for each in connections(sagemaker, arn) if each.ends not in disconnected]


def _delete_alone(sagemaker: SageMaker, indexed: api.Indexed) -> None:
    if isinstance(indexed.entity, Action):
        api.ignore_missing(sagemaker.delete_action, ActionName=indexed.entity.name)
    else:
        api.ignore_missing(sagemaker.delete_artifact, ArtifactArn=indexed.arn)


def _is_ours(found: Entity, recorded: Entity) -> bool:
    """Contexts outlive nights; an artifact of a URI that another made bears not our name.

    What SageMaker made by itself has no name, and no quota.
    """
    return isinstance(found, Action | Artifact) and found.name == recorded.name
