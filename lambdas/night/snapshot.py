"""The input of a night, pinned: which objects, in which version, with which content."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from lineage.names import canonical_json, sha256
from night.errors import EmptyPartition, MissingPartitions
from night.store import Location, Staging

_PARTITION = re.compile(r"dt=(\d{4}-\d{2}-\d{2})/")
_INPUT_SUFFIX = ".parquet"
_MOST_NAMED = 10


class VersionLister(Protocol):
    """The one call of S3 that a snapshot needs."""

    def get_paginator(self, operation_name: str) -> Any:  # noqa: ANN401  # botocore's paginators have no static type
        """A paginator of ``list_object_versions``."""
        ...


@dataclass(frozen=True)
class SourceObject:
    """One input object; its keys are those of objects.json."""

    uri: str
    versionId: str  # noqa: N815  # a field of objects.json
    etag: str
    size: int


@dataclass(frozen=True)
class Snapshot:
    """The objects of a night's windows, by partition."""

    source: Location
    objects: tuple[SourceObject, ...]
    partitions: tuple[date, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over URI, version, ETag and size of every object."""
        return sha256(canonical_json([asdict(item) for item in self.objects]))


def take(
    s3: VersionLister, source: Location, first: date, last: date, *, allow_missing: bool
) -> Snapshot:
    """List the current versions of all objects in the partitions ``first`` to ``last``.

    Raises:
        MissingPartitions: naming the days without an object, unless ``allow_missing``.
        EmptyPartition: naming an object of zero bytes.
    """
    found = list(_versions(s3, source, first, last))
    empty = [item.uri for _, item in found if item.size == 0]
    if empty:
        raise EmptyPartition(
            f"{_some(empty)} has no content. Write the partition again, then redrive the night."
        )
    present = sorted({day for day, _ in found})
    missing = sorted(set(_days(first, last)) - set(present))
    if not present or (missing and not allow_missing):
        raise MissingPartitions(
            f"{source.uri} has no Parquet files for {_some([f'dt={day}' for day in missing])}."
            " Deliver these partitions and redrive the night, or run it without them: nightly rerun"
            f" {last} --set AllowMissingPartitions=true."
        )
    return Snapshot(source, tuple(item for _, item in found), tuple(present))


def publish(snapshot: Snapshot, staging: Staging) -> dict[str, Any]:
    """Write the SageMaker manifest and objects.json under the snapshot's digest.

    Returns:
        The ``Dataset`` part of the night document.
    """
    folder = f"datasets/{snapshot.digest}/"
    relative = [item.uri.removeprefix(snapshot.source.uri) for item in snapshot.objects]
    objects = {"digest": snapshot.digest, "objects": [asdict(item) for item in snapshot.objects]}
    return {
        "Digest": snapshot.digest,
        "ManifestUri": staging.put_once(
            f"{folder}manifest.json", json.dumps([{"prefix": snapshot.source.uri}, *relative])
        ),
        "ObjectsUri": staging.put_once(f"{folder}objects.json", canonical_json(objects)),
        "Objects": len(snapshot.objects),
        "Bytes": sum(item.size for item in snapshot.objects),
        "FirstPartition": snapshot.partitions[0].isoformat(),
        "LastPartition": snapshot.partitions[-1].isoformat(),
    }


def _versions(
    s3: VersionLister, source: Location, first: date, last: date
) -> Iterator[tuple[date, SourceObject]]:
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=source.bucket,
        Prefix=f"{source.key}dt=",
        KeyMarker=f"{source.key}dt={first}",
    )
    for page in pages:
        for version in page.get("Versions", []):
            day = _partition(version["Key"].removeprefix(source.key))
            if day is not None and day > last:
                return
            if day is not None and day >= first and _is_input(version):
                yield day, _source_object(source, version)


def _is_input(version: dict[str, Any]) -> bool:
    """Whether the night reads it; markers such as ``_SUCCESS`` are not transactions."""
    return bool(version["IsLatest"]) and version["Key"].endswith(_INPUT_SUFFIX)


def _source_object(source: Location, version: dict[str, Any]) -> SourceObject:
    return SourceObject(
        uri=f"s3://{source.bucket}/{version['Key']}",
        versionId=version["VersionId"],
        etag=version["ETag"].strip('"'),
        size=version["Size"],
    )


def _partition(relative_key: str) -> date | None:
    found = _PARTITION.match(relative_key)
    return date.fromisoformat(found[1]) if found else None


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _MOST_NAMED
    return ", ".join(listed[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
