"""The act of recording: a record is checked, kept in S3, and filed in SageMaker's graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lineage.clients import Clients
from lineage.completion import complete_night
from lineage.errors import LineageQuotaExceeded
from lineage.filing import Filing
from lineage.records.archive import Archive, location
from lineage.records.lock import RetentionLock
from lineage.records.record import Record
from lineage.reinstatement import reinstate, reinstate_listed, require_reinstatable
from lineage.store import LineageStore
from lineage.vocabulary import ActionType
from lineage.whole import is_checked, require_whole


@dataclass(frozen=True)
class Recording:
    """What became of a stage.

    Attributes:
        record: The record in S3.
        indexed: Whether SageMaker's graph has it; False if the account's quota is used up, which
            record_lineage counts in the metric LineageOutOfQuota.
        uris: What later states of the night go on with.
    """

    record: Record
    indexed: bool
    uris: Mapping[str, str]


def keep(
    clients: Clients, record: Record, previous: Record | None, uris: Mapping[str, str]
) -> Recording:
    """Write a record that extends a previous one, and file it; safe to repeat.

    Raises:
        RecordChanged: what it extends was pruned, and is not what was noted then.
    """
    may_be_pruned = require_reinstatable(clients, *_night_of(record))
    is_new = write(clients, record)
    return file(clients, record, previous, uris, is_new=is_new, may_be_pruned=may_be_pruned)


def write(clients: Clients, record: Record) -> bool:
    """Write a record to S3; return whether it is new.

    Raises:
        LineageIncomplete: its graph is not whole up to its stage.
        InvalidDocument: it is not a record by its schema.
        RecordConflict: it is there already and says something else.
    """
    require_whole(record.graph, record.stage)
    record.require_valid()
    return Archive(clients.s3).write_once(record.uri, record.text, retention_lock(record))


def file(
    clients: Clients,
    record: Record,
    previous: Record | None,
    uris: Mapping[str, str],
    *,
    is_new: bool,
    may_be_pruned: bool = True,
) -> Recording:
    """Add to SageMaker's graph what it lacks of a record that is in S3.

    A night that is backfilled or redriven late is among the oldest, and pruned first; so is one
    whose package is rolled out again. lineage/records/pruning.py says why to look for that when
    all is filed, whatever was seen before the record was written.

    Raises:
        RecordChanged: the night was pruned, and a record is not what was noted then.
        LineageNotReady: SageMaker's graph does not show all of it yet.
    """
    filing = Filing(LineageStore(clients.sagemaker), Archive(clients.s3))
    night = _night_of(record)
    try:
        if may_be_pruned:
            reinstate(clients, *night)
        filing.file(record, previous, is_new=is_new, check=is_checked(record.stage))
        if is_checked(record.stage):
            folder = complete_night(clients, *night, filed=record)
            reinstate_listed(clients, night[0], folder)
        else:
            reinstate(clients, *night)
    except LineageQuotaExceeded:
        # The record is whole, and the record is what counts: the night goes on, and says so.
        return Recording(record, indexed=False, uris=uris)
    return Recording(record, indexed=True, uris=uris)


def _night_of(record: Record) -> tuple[str, str, str]:
    """The bucket, the data date and the run."""
    return location(record.uri)["Bucket"], record.night["DataDate"], record.night["RunId"]


def retention_lock(record: Record) -> RetentionLock | None:
    """The lock that the night's stack asks for; a rollout's counts from the rollout's own start.

    S3 refuses a lock that ends in the past, and a package may be rolled out years later.
    """
    lock = RetentionLock.parse(record.night)
    rollouts = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    starts = [it.properties["StartedAt"] for it in rollouts if "StartedAt" in it.properties]
    return replace(lock, since=max(starts)) if lock and starts else lock
