"""Prunes old nights from SageMaker's graph, whose room is finite; their records stay forever."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from botocore.exceptions import ClientError

from lineage import names
from lineage.clients import Clients
from lineage.errors import (
    InvalidDocument,
    LineageError,
    LineageQuotaExceeded,
    LineageUnavailable,
    RecordTooNew,
)
from lineage.model import Action
from lineage.outages import outages_named
from lineage.parallel import map_parallel
from lineage.records.archive import Archive
from lineage.records.folder import Folder
from lineage.records.pruning import Notes
from lineage.records.record import Record
from lineage.records.shelf import RecordedNight, Shelf
from lineage.records.verification import Stored, Verification, read_stored, verify
from lineage.reinstatement import restore
from lineage.removal import Pair, remove
from lineage.rollouts.endpoints import find_endpoint
from lineage.vocabulary import ActionType, Status

Awaited = frozenset[str] | None
"""Endpoint configurations that may serve again; None if it does not read which: all of them."""


@dataclass(frozen=True)
class Pruning:
    """What became of the nights that were due.

    Attributes:
        pruned: Runs that SageMaker's graph no longer has.
        serving: Runs that were kept because an endpoint serves their package, or may go back to it.
        unfinished: Runs that were kept because they, or rollouts of their packages, go on, or
            with which the next run goes on.
        restored: Runs that were brought back because somebody recorded more of them meanwhile.
        refused: Runs that were left because their records are not what was noted or do not read,
            or because AWS refused something of them, and why.
        left: How many there was no time for.
    """

    pruned: list[str] = field(default_factory=list)
    serving: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
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


def begun(folders: Sequence[Folder]) -> list[Folder]:
    """The nights at which retention was cut off, or that a recorder may have gone on with since."""
    return [it for it in folders if it.is_recorded and (it.is_being_pruned or it.may_lack)]


@dataclass(frozen=True)
class Retention:
    """The nights of one bucket in the graph of its account and region.

    Attributes:
        disconnected: What it deleted so far of associations, which nights may share the ends of.
    """

    clients: Clients
    shelf: Shelf
    keep_nights: int
    disconnected: set[Pair] = field(default_factory=set)

    def prune(self, has_time: Callable[[], bool] = lambda: True) -> Pruning:
        """Prune what is due, night by night, while there is time.

        Interrupted anywhere, the next call goes on: a night counts as pruned when all of it is
        gone, and what is gone already is passed over.
        """
        result, folders = Pruning(), self.shelf.folders()
        old, awaited = due(folders, self.keep_nights), self._awaited(folders, result)
        waiting = sorted({*old, *begun(folders)})
        for done, folder in enumerate(waiting):
            if not has_time():
                return replace(result, left=len(waiting) - done)
            self._try(folder, awaited, result, is_due=folder in old)
        return result

    def _try(self, folder: Folder, awaited: Awaited, result: Pruning, *, is_due: bool) -> None:
        """Treat a night; what is wrong with it is no reason to leave the others.

        Raises:
            LineageUnavailable: AWS does not answer; so it would be with every other night.
        """
        try:
            with outages_named():
                self._treat(folder, awaited, result, is_due=is_due)
        except LineageUnavailable:
            raise
        except (LineageError, ClientError) as why:
            result.refused[folder.run_id] = [str(why)]

    def _is_settled(self, folder: Folder) -> bool:
        """Whether a pruned night has no record of which its note does not tell."""
        is_told = folder.titles <= Notes.of(self.shelf.s3, folder).digests().keys()
        return is_told and not folder.is_being_pruned

    def _treat(self, folder: Folder, awaited: Awaited, result: Pruning, *, is_due: bool) -> None:
        if not is_due and self._is_settled(folder):
            return
        stored = read_stored(self.shelf, folder)
        verified = verify(self.clients.sagemaker, self.shelf, folder, stored)
        findings = _findings(stored, verified)
        if findings:
            result.refused[folder.run_id] = findings
            return
        night, notes = self.shelf.read(folder), Notes.of(self.shelf.s3, folder)
        goes_on = _goes_on(folder, night)
        is_needed = goes_on or self._serves(night, awaited)
        if is_due and not is_needed and not notes.is_called_off():
            if verified.lacking:
                step = f"`nightly lineage apply {folder.run_id}` notes them"
                result.refused[folder.run_id] = [f"{verified.lacking}; {step}"]
                return
            self._forget(folder, stored, night, result)
        elif folder.is_being_pruned or folder.is_pruned:
            self._restore(folder, result)
        else:
            (result.unfinished if goes_on else result.serving).append(folder.run_id)

    def _forget(
        self, folder: Folder, stored: Mapping[str, Stored], night: RecordedNight, result: Pruning
    ) -> None:
        notes = Notes.of(self.shelf.s3, folder)
        digests = {title: it.sha256 for title, it in stored.items()}
        notes.begin(digests, night.night)
        is_gone = not remove(self.clients.sagemaker, night.graph, self.disconnected)
        is_agreed = notes.conclude(digests, night.night) if is_gone else not notes.is_called_off()
        now = self.shelf.folder(folder.data_date, folder.run_id)
        if now and not (is_agreed and now.titles == folder.titles):
            self._restore(now, result)
        elif is_gone:
            notes.end()
            result.pruned.append(folder.run_id)
        else:
            result.unfinished.append(folder.run_id)

    def _restore(self, folder: Folder, result: Pruning) -> None:
        """Bring a night back; without room for it, that is the next run's first work."""
        try:
            restore(self.clients, folder, self.shelf.read(folder))
        except LineageQuotaExceeded:
            result.unfinished.append(folder.run_id)
            return
        Notes.of(self.shelf.s3, folder).end()
        result.restored.append(folder.run_id)

    def _awaited(self, folders: Sequence[Folder], result: Pruning) -> Awaited:
        """The configurations to which rollouts that have not ended may go back."""
        found = [self._awaited_by(folder, result) for folder in folders if folder.unfinished]
        if None in found:
            return None
        return frozenset(config for each in found if each for config in each)

    def _awaited_by(self, folder: Folder, result: Pruning) -> Awaited:
        """Those of one night's rollouts; what of them does not read is told."""
        uris = [names.record_uri(folder.uri, title) for title in folder.unfinished]
        texts = map_parallel(Archive(self.clients.s3).read, uris)
        try:
            return frozenset(
                deployment.properties.get("PreviousEndpointConfigName", "")
                for uri, text in zip(uris, texts, strict=True)
                if text
                for deployment in Record.parse(uri, text).graph.actions(ActionType.MODEL_DEPLOYMENT)
            )
        except (InvalidDocument, RecordTooNew) as why:
            result.refused[folder.run_id] = [str(why)]
            return None

    def _serves(self, night: RecordedNight, awaited: Awaited) -> bool:
        return any(
            awaited is None or it.properties["EndpointConfigName"] in awaited or self._is_served(it)
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


def _goes_on(folder: Folder, night: RecordedNight) -> bool:
    statuses = {it.status for it in night.graph.actions(ActionType.NIGHTLY_RETRAIN)}
    return Status.IN_PROGRESS in statuses or bool(folder.unfinished)


def _findings(stored: Mapping[str, Stored], verified: Verification) -> list[str]:
    """Why the records cannot stand for the graph."""
    unreadable = [f"{it.uri} is no record" for it in stored.values() if it.record is None]
    return unreadable or [it.what for it in verified.changes]
