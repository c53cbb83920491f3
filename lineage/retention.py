"""Prunes old nights from SageMaker's graph, whose room is finite; their records stay forever."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lineage import api, names
from lineage.automatic import connections
from lineage.clients import Clients
from lineage.model import Action, Artifact, Entity, Graph
from lineage.parallel import map_parallel
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.records.shelf import Folder, RecordedNight, Shelf
from lineage.records.verification import Stored, changes, pruned_note, read_stored
from lineage.rollouts.endpoints import find_endpoint
from lineage.vocabulary import ActionType, Status


@dataclass(frozen=True)
class Pruning:
    """What became of the nights that were due.

    Attributes:
        pruned: Runs that SageMaker's graph no longer has.
        serving: Runs that were kept because an endpoint serves their package, or may go back to it.
        unfinished: Runs that were kept because they, or rollouts of their packages, go on.
        refused: Runs that were kept because their records are not what was noted, and why.
        left: How many there was no time for.
    """

    pruned: list[str] = field(default_factory=list)
    serving: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    left: int = 0


def due(folders: Sequence[Folder], keep_nights: int) -> list[Folder]:
    """The nights that SageMaker's graph need not hold any more, oldest first.

    Args:
        folders: Every night on record.
        keep_nights: How many of the newest that are not pruned stay, reruns counted singly.
    """
    held = sorted(each for each in folders if each.is_recorded and not each.is_pruned)
    return held[: max(0, len(held) - keep_nights)]


@dataclass(frozen=True)
class Retention:
    """The nights of one bucket in the graph of its account and region."""

    clients: Clients
    shelf: Shelf
    keep_nights: int

    def prune(self, has_time: Callable[[], bool] = lambda: True) -> Pruning:
        """Prune what is due, night by night, while there is time.

        Interrupted anywhere, the next call goes on: a night counts as pruned when all of it is
        gone, and what is gone already is passed over.
        """
        result, folders = Pruning(), self.shelf.folders()
        waiting, awaited = due(folders, self.keep_nights), self._awaited(folders)
        for done, folder in enumerate(waiting):
            if not has_time():
                return replace(result, left=len(waiting) - done)
            self._prune(folder, awaited, result)
        return result

    def _prune(self, folder: Folder, awaited: Collection[str], result: Pruning) -> None:
        stored = read_stored(self.shelf, folder)
        findings = self._findings(folder, stored)
        if findings:
            result.refused[folder.run_id] = findings
            return
        night = self.shelf.read(folder)
        if _goes_on(folder, night):
            result.unfinished.append(folder.run_id)
        elif self._serves(night, awaited):
            result.serving.append(folder.run_id)
        else:
            self._forget(folder, stored, night, result)

    def _forget(
        self, folder: Folder, stored: Mapping[str, Stored], night: RecordedNight, result: Pruning
    ) -> None:
        self._remove(night.graph)
        if self.shelf.folder(folder.data_date, folder.run_id) != folder:
            # Somebody recorded meanwhile, and wrote to the graph: it is due again the next time.
            result.unfinished.append(folder.run_id)
            return
        Archive(self.clients.s3).write(names.pruned_uri(folder.uri), pruned_note(stored))
        result.pruned.append(folder.run_id)

    def _awaited(self, folders: Sequence[Folder]) -> set[str]:
        """The configurations to which rollouts that have not ended may go back."""
        uris = [
            names.record_uri(folder.uri, title)
            for folder in folders
            for title in _unfinished(folder)
        ]
        texts = map_parallel(Archive(self.clients.s3).read, uris)
        return {
            deployment.properties.get("PreviousEndpointConfigName", "")
            for uri, text in zip(uris, texts, strict=True)
            if text
            for deployment in Record.parse(uri, text).graph.actions(ActionType.MODEL_DEPLOYMENT)
        }

    def _findings(self, folder: Folder, stored: Mapping[str, Stored]) -> list[str]:
        """Why the records cannot stand for the graph."""
        unreadable = [f"{it.uri} is no record" for it in stored.values() if it.record is None]
        return unreadable or list(changes(self.clients.sagemaker, self.shelf, folder, stored))

    def _serves(self, night: RecordedNight, awaited: Collection[str]) -> bool:
        return any(
            it.properties["EndpointConfigName"] in awaited or self._is_served(it)
            for it in night.graph.actions(ActionType.MODEL_DEPLOYMENT)
        )

    def _is_served(self, deployment: Action) -> bool:
        """Whether its endpoint serves what it brought, again perhaps, or is about to."""
        endpoint = find_endpoint(self.clients.sagemaker, deployment.properties["EndpointName"])
        if endpoint is None:
            return False
        pending = endpoint.get("PendingDeploymentSummary", {})
        in_use = {each.get("EndpointConfigName") for each in (endpoint, pending)}
        return deployment.properties["EndpointConfigName"] in in_use

    def _remove(self, graph: Graph) -> None:
        """Delete a night's associations, then its entities, but for what others still need."""
        found = {ref: api.find(self.clients.sagemaker, it) for ref, it in graph.entities.items()}
        indexed = {ref: it for ref, it in found.items() if it}
        for edge in sorted(graph.associations):
            if {edge.source, edge.destination} <= indexed.keys():
                self._disconnect(indexed[edge.source].arn, indexed[edge.destination].arn)
        for each in indexed.values():
            self._delete(each)

    def _disconnect(self, source_arn: str, destination_arn: str) -> None:
        api.ignore_missing(
            self.clients.sagemaker.delete_association,
            SourceArn=source_arn,
            DestinationArn=destination_arn,
        )

    def _delete(self, indexed: api.Indexed) -> None:
        """Delete an entity of ours with which nobody connected anything, SageMaker apart.

        What we made is ours although SageMaker's trial components hang on it since: it has a name
        and counts. They stay, without it; AWS's SDK disconnects before it deletes, too
        (``Artifact.delete(disassociate=True)``). That SageMaker does not connect them a second
        time, and lets us disconnect what it connected, is inferred from that.
        """
        entity = indexed.entity
        if not _is_ours(entity):
            return
        found = list(connections(self.clients.sagemaker, indexed.arn))
        if not all(each.is_automatic for each in found):
            return
        for each in found:
            self._disconnect(each.source_arn, each.destination_arn)
        if isinstance(entity, Action):
            api.ignore_missing(self.clients.sagemaker.delete_action, ActionName=entity.name)
        else:
            api.ignore_missing(self.clients.sagemaker.delete_artifact, ArtifactArn=indexed.arn)


def _goes_on(folder: Folder, night: RecordedNight) -> bool:
    statuses = {it.status for it in night.graph.actions(ActionType.NIGHTLY_RETRAIN)}
    return Status.IN_PROGRESS in statuses or bool(_unfinished(folder))


def _unfinished(folder: Folder) -> set[str]:
    """The titles of deployments that started and have not ended."""
    started = {names.deployment_of(title) for title in folder.deployments}
    return {it for it in started if names.deployment_outcome(it) not in folder.titles}


def _is_ours(entity: Entity) -> bool:
    """Contexts outlive nights, and what SageMaker made by itself has no name and no quota."""
    return isinstance(entity, Action | Artifact) and bool(entity.name)
