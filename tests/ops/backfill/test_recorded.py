"""Nights that Step Functions has forgotten are known by their records."""

from __future__ import annotations

import pytest

from lineage.records.record import Record
from lineage.records.shelf import Shelf
from lineage.vocabulary import Stage
from ops.backfill.plan import Standing
from ops.backfill.recorded import recorded
from tests.lineage import builders
from tests.lineage.buckets import VersionedBucket
from tests.lineage.graphs import graph_until

BUCKET = "fraud"
DATE = "2026-11-21"


@pytest.fixture
def bucket() -> VersionedBucket:
    return VersionedBucket()


def put(bucket: VersionedBucket, stage: Stage, *, auc: float = 0.95, run: str = "1a2b3c4d") -> None:
    """Record a night up to a stage, as an older release of the application would have."""
    night = builders.a_night(run, bucket=BUCKET, data_date=DATE)
    for each in list(Stage)[: stage.position + 1]:
        uri = f"{night['RecordUri']}{each.lower()}.json"
        text = Record(uri, each, night, graph_until(each, night, auc)).text
        bucket.put_object(Key=uri.removeprefix(f"s3://{BUCKET}/"), Body=text.encode())


def standing(bucket: VersionedBucket, *dates: str) -> dict[str, Standing]:
    return dict(recorded(Shelf(bucket, BUCKET), dates or (DATE,)))


@pytest.mark.parametrize(
    ("stage", "auc", "expected"),
    [
        (Stage.TRAINING, 0.95, Standing.FAILED),
        (Stage.EVALUATION, 0.95, Standing.FAILED),
        (Stage.EVALUATION, 0.93, Standing.SUCCEEDED),
        (Stage.REGISTRATION, 0.95, Standing.SUCCEEDED),
    ],
    ids=["before the gate", "passed and not registered", "rejected", "registered"],
)
def test_a_night_has_succeeded_if_it_registered_or_was_rejected(
    bucket: VersionedBucket, stage: Stage, auc: float, expected: Standing
) -> None:
    put(bucket, stage, auc=auc)
    assert standing(bucket) == {DATE: expected}


def test_one_success_counts_whatever_became_of_other_runs(bucket: VersionedBucket) -> None:
    put(bucket, Stage.TRAINING, run="00000000")
    put(bucket, Stage.REGISTRATION, run="11111111")
    put(bucket, Stage.TRAINING, run="22222222")
    assert standing(bucket) == {DATE: Standing.SUCCEEDED}


def test_nights_that_nobody_asks_for_are_not_told(bucket: VersionedBucket) -> None:
    put(bucket, Stage.REGISTRATION)
    assert standing(bucket, "2026-11-20", "2026-11-22") == {}


def test_nothing_is_listed_if_step_functions_remembers_all(bucket: VersionedBucket) -> None:
    put(bucket, Stage.REGISTRATION)
    assert recorded(Shelf(bucket, "of another name"), ()) == {}
