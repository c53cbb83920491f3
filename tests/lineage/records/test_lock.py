"""Object Lock on the records of a night: what it keeps, and how its breach shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage import names
from lineage.clients import Clients
from lineage.query import LineageQuery
from lineage.recording import retention_lock
from lineage.records.archive import Archive, location
from lineage.records.lock import RetentionLock
from lineage.records.record import Record
from lineage.records.shelf import Shelf
from lineage.reinstatement import reinstate
from lineage.retention import Retention
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

LOCKED, NOTED = "locked-records", "locked-notes"
NIGHT = {"RecordLock": {"Mode": "GOVERNANCE", "Days": 365, "Since": "2026-11-22T02:00:00Z"}}
UNTIL = datetime(2027, 11, 22, 2, tzinfo=UTC)
ROLLOUT_STARTED = "2026-11-22T02:15:08Z"


@pytest.fixture(scope="module")
def locking_s3(client: Callable[[str], Any]) -> Any:
    """A client, and a bucket that may lock: it locks nothing by itself."""
    s3 = client("s3")
    s3.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    return s3


def test_a_stack_that_locks_nothing_has_no_lock() -> None:
    assert RetentionLock.parse({}) is None


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_locked_object_cannot_be_deleted_but_hidden(mode: str, locking_s3: Any) -> None:
    archive, uri = Archive(locking_s3), f"s3://{LOCKED}/{mode}.json"
    assert archive.write_once(uri, "{}", RetentionLock(mode, 365, "2026-11-22T02:00:00Z"))
    written = locking_s3.head_object(**location(uri))
    assert written["ObjectLockMode"] == mode
    assert written["ObjectLockRetainUntilDate"] == UNTIL
    with pytest.raises(ClientError, match="AccessDenied"):
        locking_s3.delete_object(**location(uri), VersionId=written["VersionId"])
    locking_s3.delete_object(**location(uri))
    assert archive.read(uri) is None
    locking_s3.get_object(**location(uri), VersionId=written["VersionId"])


def test_what_is_written_without_a_lock_can_be_deleted(locking_s3: Any) -> None:
    archive, uri = Archive(locking_s3), f"s3://{LOCKED}/receipt.json"
    archive.write(uri, "{}")
    version = locking_s3.head_object(**location(uri))["VersionId"]
    locking_s3.delete_object(**location(uri), VersionId=version)
    assert archive.read(uri) is None


def test_a_locked_record_that_is_deleted_shows_and_can_be_brought_back(
    locking_s3: Any, sagemaker: Any
) -> None:
    document = builders.a_night(bucket=LOCKED) | NIGHT
    night = stage_night(locking_s3, StagedNight(document))
    clients = Clients(DescribedJobs(sagemaker, night), locking_s3)
    sagemaker.create_model_package_group(ModelPackageGroupName=document["ModelPackageGroup"])
    record = night.record_until(Stage.REGISTRATION, clients)[-1].record
    query = LineageQuery(clients, document["ModelPackageGroup"], LOCKED)
    assert query.audit()["Clean"]
    marker = locking_s3.delete_object(**location(record.uri))["VersionId"]
    (found,) = query.audit()["Nights"]
    assert "the record registration is gone" in found["Findings"][-1]["Finding"]
    locking_s3.delete_object(**location(record.uri), VersionId=marker)
    assert query.audit()["Clean"]


def test_a_night_is_locked_from_its_start_and_a_rollout_from_its_own() -> None:
    night = builders.a_night() | NIGHT
    since = {
        stage: retention_lock(Record("s3://b/k", stage, night, graph_until(stage, night)))
        for stage in (Stage.REGISTRATION, Stage.DEPLOYMENT)
    }
    assert since[Stage.REGISTRATION] == RetentionLock.parse(NIGHT)
    assert since[Stage.DEPLOYMENT] == RetentionLock("GOVERNANCE", 365, ROLLOUT_STARTED)


@pytest.fixture(scope="module")
def pruned(locking_s3: Any, sagemaker: Any) -> tuple[StagedNight, Clients]:
    """A locked night that SageMaker's graph has lost, more than its lock's days after it began."""
    locking_s3.create_bucket(Bucket=NOTED, ObjectLockEnabledForBucket=True)
    document = builders.a_night("99999999", bucket=NOTED, dataset="locked") | NIGHT
    night = stage_night(locking_s3, StagedNight(document, version=99))
    clients = Clients(DescribedJobs(sagemaker, night), locking_s3)
    night.record_until(Stage.REGISTRATION, clients)
    shelf = Shelf(locking_s3, NOTED)
    assert document["RunId"] in Retention(clients, shelf, 0).prune().pruned
    return night, clients


def require_locked(s3: Any, night: StagedNight, title: str) -> None:
    """A note cannot be deleted for as many days from now on as the records from theirs."""
    note = location(names.note_uri(night.document["RecordUri"], title))
    written = s3.head_object(**note)
    kept = written["ObjectLockRetainUntilDate"] - written["LastModified"]
    assert (written["ObjectLockMode"], round(kept / timedelta(days=1))) == ("GOVERNANCE", 365)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(**note, VersionId=written["VersionId"])


def test_the_note_of_a_pruning_is_locked_as_the_records_are(
    pruned: tuple[StagedNight, Clients], locking_s3: Any
) -> None:
    """It is the only proof that they are the records of then."""
    require_locked(locking_s3, pruned[0], names.PRUNED)


def test_so_is_the_note_that_takes_its_place(
    pruned: tuple[StagedNight, Clients], locking_s3: Any
) -> None:
    night, clients = pruned
    reinstate(clients, NOTED, night.document["DataDate"], night.document["RunId"])
    require_locked(locking_s3, night, names.REINSTATED)
    folder = Shelf(locking_s3, NOTED).folder(night.document["DataDate"], night.document["RunId"])
    assert folder
    assert folder.notes == {names.REINSTATED}
    prune_again = Retention(clients, Shelf(locking_s3, NOTED), 0).prune()
    assert night.document["RunId"] in prune_again.pruned
    require_locked(locking_s3, night, names.PRUNED)
