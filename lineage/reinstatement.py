"""Puts a pruned night back into SageMaker's graph, because it goes on or is to serve again."""

from __future__ import annotations

from functools import reduce
from operator import or_

from lineage import names
from lineage.clients import Clients
from lineage.errors import LineageQuotaExceeded, RecordChanged
from lineage.model import Graph
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.records.shelf import Folder, RecordedNight, Shelf
from lineage.records.verification import changes_since_pruned, read_stored
from lineage.store import LineageStore


def reinstate(clients: Clients, bucket: str, data_date: str, run_id: str) -> None:
    """Write all that the records of a night tell to SageMaker's graph again, if it was pruned.

    Interrupted anywhere, the next call goes on: a night counts as pruned until all of it is back,
    and where the account has no room for it. The digests that were noted when it was pruned stay
    noted: SageMaker's graph knows some of them no more.

    Raises:
        RecordChanged: a record is gone, or is not the one that was noted then.
    """
    archive, shelf = Archive(clients.s3), Shelf(clients.s3, bucket)
    folder_uri = names.night_record_uri(bucket, data_date, run_id)
    note = archive.read(names.pruned_uri(folder_uri))
    folder = None if note is None else shelf.folder(data_date, run_id)
    if note is None or folder is None:
        return
    _require_unchanged(shelf, folder)
    night = shelf.read(folder)
    if night.record is None or not _file(clients, night.record, night):
        return
    archive.write(names.reinstated_uri(folder_uri), note)
    archive.delete(names.pruned_uri(folder_uri))


def _file(clients: Clients, record: Record, night: RecordedNight) -> bool:
    """Write a night to SageMaker's graph, if there is room for it."""
    wanted, store = _wanted(record, night), LineageStore(clients.sagemaker)
    snapshot = store.read(wanted, {})
    try:
        arns = store.apply(wanted - snapshot.graph, snapshot)
    except LineageQuotaExceeded:
        return False
    receipt = names.canonical_json(dict(arns))
    Archive(clients.s3).write(names.receipt_uri(record.uri), receipt)
    return True


def _require_unchanged(shelf: Shelf, folder: Folder) -> None:
    found = list(changes_since_pruned(shelf, folder, read_stored(shelf, folder)))
    if found:
        raise RecordChanged(
            f"{'; '.join(found)}. The records are all that is left of a pruned night, so it goes"
            " on only with those that were noted: bring them back from the bucket's versions."
        )


def _wanted(record: Record, night: RecordedNight) -> Graph:
    indexed = (each.for_index() for each in (record, *night.deployments))
    return reduce(or_, [*indexed, *(each.graph for each in night.failures)], Graph())
