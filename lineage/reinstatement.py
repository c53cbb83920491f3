"""Puts a pruned night back into SageMaker's graph, because it goes on or is to serve again."""

from __future__ import annotations

from functools import reduce
from operator import or_

from lineage import names
from lineage.archive import Archive
from lineage.clients import Clients
from lineage.errors import LineageQuotaExceeded
from lineage.model import Graph
from lineage.shelf import RecordedNight, Shelf
from lineage.store import LineageStore


def reinstate(clients: Clients, bucket: str, data_date: str, run_id: str) -> None:
    """Write all that the records of a night tell to SageMaker's graph again, if it was pruned.

    Interrupted anywhere, the next call goes on: a night counts as pruned until all of it is back,
    and where the account has no room for it.
    """
    archive = Archive(clients.s3)
    note = names.pruned_uri(names.night_record_uri(bucket, data_date, run_id))
    night = Shelf(clients.s3, bucket).find(data_date, run_id) if archive.read(note) else None
    if night is None or night.record is None:
        return
    wanted, store = _wanted(night), LineageStore(clients.sagemaker)
    snapshot = store.read(wanted, {})
    try:
        arns = store.apply(wanted - snapshot.graph, snapshot)
    except LineageQuotaExceeded:
        return
    archive.write(names.receipt_uri(night.record.uri), names.canonical_json(dict(arns)))
    archive.delete(note)


def _wanted(night: RecordedNight) -> Graph:
    records = [night.record, *night.deployments] if night.record else []
    parts = [*(each.for_index() for each in records), *(each.graph for each in night.failures)]
    return reduce(or_, parts, Graph())
