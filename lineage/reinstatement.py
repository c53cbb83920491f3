"""Puts a pruned night back into SageMaker's graph, because it goes on or is to serve again."""

from __future__ import annotations

from lineage import names
from lineage.clients import Clients
from lineage.errors import RecordChanged
from lineage.model import Graph
from lineage.records.archive import Archive
from lineage.records.folder import Folder
from lineage.records.pruning import Notes
from lineage.records.shelf import RecordedNight, Shelf
from lineage.records.verification import read_stored, verify
from lineage.store import LineageStore


def reinstate(clients: Clients, bucket: str, data_date: str, run_id: str) -> None:
    """Write all that the records of a night tell to SageMaker's graph again, if it is pruned.

    A pruning that goes on is called off. Interrupted anywhere, the next call goes on: a night
    counts as pruned until all of it is back.

    Raises:
        RecordChanged: a record is gone, or is not the one that was noted then.
        LineageQuotaExceeded: the account has no room for it; the night counts as pruned.
    """
    reinstate_listed(clients, bucket, Shelf(clients.s3, bucket).folder(data_date, run_id))


def reinstate_listed(clients: Clients, bucket: str, folder: Folder | None) -> None:
    """``reinstate`` a night whose folder the caller has listed, and written nothing since."""
    if folder and (folder.is_pruned or folder.is_being_pruned):
        shelf = Shelf(clients.s3, bucket)
        _require_unchanged(clients, shelf, folder)
        night = shelf.read(folder)
        Notes.of(clients.s3, folder).call_off(night.night)
        restore(clients, folder, night)


def require_reinstatable(clients: Clients, bucket: str, data_date: str, run_id: str) -> bool:
    """Check the records of a night that goes on, if retention has turned to it; whether it has.

    Raises:
        RecordChanged: a record is gone, or is not the one that was noted then.
    """
    shelf = Shelf(clients.s3, bucket)
    folder = shelf.folder(data_date, run_id)
    if folder is None or not folder.notes:
        return False
    _require_unchanged(clients, shelf, folder)
    return True


def restore(clients: Clients, folder: Folder, night: RecordedNight) -> None:
    """Write a night to SageMaker's graph, whatever of it is there; note it if retention took it.

    Raises:
        LineageQuotaExceeded: the account has no room for it.
    """
    wanted, store = told_by(night), LineageStore(clients.sagemaker)
    snapshot = store.read(wanted, {})
    arns = store.apply(wanted - snapshot.graph, snapshot)
    archive = Archive(clients.s3)
    for record in filter(None, (night.record, *night.deployments)):
        uri = names.receipt_uri(record.uri)
        receipt = names.canonical_json({ref: arns[ref] for ref in record.graph.entities})
        # Where versions are kept, one that says the same would stay for ever.
        if archive.read(uri) != receipt:
            archive.write(uri, receipt)
    if folder.is_pruned or folder.is_being_pruned:
        Notes.of(clients.s3, folder).take_back(night.night)


def told_by(night: RecordedNight) -> Graph:
    """All that SageMaker's graph is to hold of a night."""
    records = (night.record, *night.deployments, *night.failures)
    return Graph.united(it.for_index() for it in records if it)


def _require_unchanged(clients: Clients, shelf: Shelf, folder: Folder) -> None:
    found = verify(clients.sagemaker, shelf, folder, read_stored(shelf, folder)).changes
    told = "; ".join(it.what for it in found)
    if told:
        raise RecordChanged(
            f"{told}. The records are all that is left of a pruned night, so it goes"
            " on only with those that were noted: bring them back from the bucket's versions."
        )
