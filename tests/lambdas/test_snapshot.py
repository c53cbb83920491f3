"""The pinned input of a night, on a real bucket of the embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from night.errors import EmptyPartition, MissingPartitions
from night.snapshot import publish, take
from night.store import Location, Staging

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 3)


@pytest.fixture
def s3(client: Callable[[str], Any]) -> Any:
    return client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = f"labelled-{uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def put(s3: Any, bucket: str, key: str, body: bytes = b"rows") -> Any:
    return s3.put_object(Bucket=bucket, Key=f"labelled/{key}", Body=body)


def deliver(s3: Any, bucket: str, *days: str) -> None:
    for day in days:
        put(s3, bucket, f"dt={day}/part-0.parquet", day.encode())


def snapshot(s3: Any, bucket: str, *, allow_missing: bool = False) -> Any:
    source = Location(bucket, "labelled/")
    return take(s3, source, FIRST, LAST, allow_missing=allow_missing)


def test_it_has_exactly_the_current_objects_of_the_days(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-10-31", "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04")
    newer = put(s3, bucket, "dt=2026-11-02/part-0.parquet", b"corrected")
    put(s3, bucket, "dt=2026-11-02/part-1.parquet")
    taken = snapshot(s3, bucket)
    assert [item.uri.rsplit("labelled/", 1)[1] for item in taken.objects] == [
        "dt=2026-11-01/part-0.parquet",
        "dt=2026-11-02/part-0.parquet",
        "dt=2026-11-02/part-1.parquet",
        "dt=2026-11-03/part-0.parquet",
    ]
    assert taken.objects[1].versionId == newer["VersionId"]
    assert taken.objects[1].size == len(b"corrected")


def test_a_deleted_object_is_not_part_of_it(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-01", "2026-11-02", "2026-11-03")
    put(s3, bucket, "dt=2026-11-03/part-1.parquet")
    s3.delete_object(Bucket=bucket, Key="labelled/dt=2026-11-03/part-1.parquet")
    assert len(snapshot(s3, bucket).objects) == 3


def test_markers_beside_the_transactions_are_not_part_of_it(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-01", "2026-11-02", "2026-11-03")
    put(s3, bucket, "dt=2026-11-02/_SUCCESS", b"")
    put(s3, bucket, "dt=2026-11-02/", b"")
    assert len(snapshot(s3, bucket).objects) == 3


def test_missing_days_are_named(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-02")
    with pytest.raises(MissingPartitions, match=r"dt=2026-11-01, dt=2026-11-03"):
        snapshot(s3, bucket)


def test_missing_days_may_be_allowed(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-02")
    assert snapshot(s3, bucket, allow_missing=True).partitions == (date(2026, 11, 2),)


def test_no_day_at_all_is_never_allowed(s3: Any, bucket: str) -> None:
    with pytest.raises(MissingPartitions):
        snapshot(s3, bucket, allow_missing=True)


def test_an_object_without_content_is_named(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-01", "2026-11-02", "2026-11-03")
    put(s3, bucket, "dt=2026-11-02/part-0.parquet", b"")
    with pytest.raises(EmptyPartition, match=r"dt=2026-11-02/part-0\.parquet"):
        snapshot(s3, bucket)


def test_the_digest_changes_with_a_version_and_with_nothing_else(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-01", "2026-11-02", "2026-11-03")
    first, again = snapshot(s3, bucket), snapshot(s3, bucket)
    deliver(s3, bucket, "2026-11-02")
    assert first.digest == again.digest
    assert first.digest != snapshot(s3, bucket).digest


def test_it_is_published_once_under_its_digest(s3: Any, bucket: str) -> None:
    deliver(s3, bucket, "2026-11-01", "2026-11-02", "2026-11-03")
    taken = snapshot(s3, bucket)
    dataset = publish(taken, Staging(s3, bucket))
    assert publish(taken, Staging(s3, bucket)) == dataset
    manifest = Location.parse(dataset["ManifestUri"])
    versions = s3.list_object_versions(Bucket=bucket, Prefix=manifest.key)["Versions"]
    assert len(versions) == 1
    body = json.loads(s3.get_object(Bucket=bucket, Key=manifest.key)["Body"].read())
    assert body[0] == {"prefix": f"s3://{bucket}/labelled/"}
    assert body[1:] == [f"dt=2026-11-0{day}/part-0.parquet" for day in (1, 2, 3)]
    assert (dataset["Objects"], dataset["FirstPartition"], dataset["LastPartition"]) == (
        3,
        "2026-11-01",
        "2026-11-03",
    )
