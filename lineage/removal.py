"""Takes a night's own entities out of SageMaker's graph, but for what others still need."""

from __future__ import annotations

from botocore.exceptions import ClientError

from lineage import api
from lineage.automatic import connections
from lineage.clients import SageMaker
from lineage.model import Action, Artifact, Entity, Graph


def remove(sagemaker: SageMaker, graph: Graph) -> None:
    """Delete a night's associations, then its entities; what is gone already is passed over."""
    found = {ref: api.find(sagemaker, it) for ref, it in graph.entities.items()}
    indexed = {ref: it for ref, it in found.items() if it}
    for edge in sorted(graph.associations):
        if {edge.source, edge.destination} <= indexed.keys():
            _disconnect(sagemaker, indexed[edge.source].arn, indexed[edge.destination].arn)
    for each in indexed.values():
        _delete(sagemaker, each)


def _disconnect(sagemaker: SageMaker, source_arn: str, destination_arn: str) -> None:
    api.ignore_missing(
        sagemaker.delete_association, SourceArn=source_arn, DestinationArn=destination_arn
    )


def _delete(sagemaker: SageMaker, indexed: api.Indexed) -> None:
    """Delete an entity of ours with which nobody connected anything, SageMaker apart.

    What we made is ours although SageMaker's trial components hang on it since: it has a name and
    counts. They stay, without it; AWS's SDK disconnects before it deletes, too
    (``Artifact.delete(disassociate=True)``). That SageMaker does not connect them a second time,
    and lets us disconnect what it connected, is inferred from that.
    """
    entity = indexed.entity
    if not _is_ours(entity):
        return
    found = list(connections(sagemaker, indexed.arn))
    if not all(each.is_automatic for each in found):
        return
    for each in found:
        _disconnect(sagemaker, each.source_arn, each.destination_arn)
    try:
        if isinstance(entity, Action):
            api.ignore_missing(sagemaker.delete_action, ActionName=entity.name)
        else:
            api.ignore_missing(sagemaker.delete_artifact, ArtifactArn=indexed.arn)
    except ClientError:
        # What somebody has connected meanwhile cannot be deleted, and need not be.
        if not any(connections(sagemaker, indexed.arn)):
            raise


def _is_ours(entity: Entity) -> bool:
    """Contexts outlive nights, and what SageMaker made by itself has no name and no quota."""
    return isinstance(entity, Action | Artifact) and bool(entity.name)
