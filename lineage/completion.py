"""Completes the night's action, which the recordings of stages and of failures update side by side.

SageMaker replaces all properties at an update (API reference, UpdateAction) and has no condition
for it: of two writers that read before either wrote, the later one undoes the other. But a record
lies in S3 before its writer turns to SageMaker, so whoever writes last finds all that is to be told
there, if it looks after it wrote.
"""

from __future__ import annotations

from lineage import names
from lineage.clients import Clients
from lineage.errors import LineageNotReady
from lineage.model import Graph
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.records.shelf import RecordedNight, Shelf
from lineage.store import LineageStore
from lineage.vocabulary import ActionType

_MOST_UPDATES = 5


def complete_night(
    clients: Clients, bucket: str, data_date: str, run_id: str, filed: Record | None = None
) -> Folder | None:
    """Update a night's action until SageMaker shows on it all that the night's records tell.

    Args:
        clients: Of S3 and SageMaker.
        bucket: Where the records lie.
        data_date: The night's.
        run_id: The night's.
        filed: A record of the night that the caller wrote, and need not read again.

    Returns:
        The night's folder as it was listed after the last write; None if it has no record.

    Raises:
        LineageNotReady: it still does not; a retry may find it complete.
    """
    shelf, store = Shelf(clients.s3, bucket), LineageStore(clients.sagemaker)
    for _ in range(_MOST_UPDATES):
        folder = shelf.folder(data_date, run_id)
        wanted = _told(_read(shelf, folder, filed)) if folder else Graph()
        snapshot = store.read(wanted, {})
        lacking = wanted - snapshot.graph
        if not lacking:
            return folder
        store.apply(lacking, snapshot)
    raise LineageNotReady(
        f"SageMaker does not show all that the records of night {run_id} tell on"
        f" {', '.join(lacking.entities)}, after {_MOST_UPDATES} updates: record the stage again."
    )


def _read(shelf: Shelf, folder: Folder, filed: Record | None) -> RecordedNight:
    uris = [names.record_uri(folder.uri, title) for title in folder.own]
    if filed and uris == [filed.uri]:
        return RecordedNight(filed)
    return shelf.read_what_reads(folder)


def _told(night: RecordedNight) -> Graph:
    parts = (it.for_index() for it in (night.record, *night.failures) if it)
    return Graph.united(Graph.of(*it.actions(ActionType.NIGHTLY_RETRAIN)) for it in parts)
