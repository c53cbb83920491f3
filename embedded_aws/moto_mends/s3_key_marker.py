"""Moto drops one key when ListObjectVersions starts at a KeyMarker; S3 starts right after it.

Moto also copies every version of every key of the bucket, contents included, for each page.
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import FakeKey, S3Backend

_STOCK = S3Backend.list_object_versions


def apply() -> None:
    """Replace listings that start at a key, or at the first one."""
    S3Backend.list_object_versions = _list_object_versions


def _list_object_versions(  # noqa: PLR0913  # the parameters of what it replaces
    self: Any,  # noqa: ANN401  # moto's backend has no static type
    bucket_name: str,
    delimiter: str | None = None,
    key_marker: str | None = None,
    max_keys: int | None = 1000,
    prefix: str = "",
    version_id_marker: str | None = None,
) -> Any:  # noqa: ANN401
    if version_id_marker or delimiter:
        return _STOCK(self, bucket_name, delimiter, key_marker, max_keys, prefix, version_id_marker)
    later = _versions(self.get_bucket(bucket_name), prefix, key_marker or "")
    page = later if max_keys is None else later[:max_keys]
    more = len(later) > len(page)
    return (
        [item for item in page if isinstance(item, FakeKey)],
        [],
        [item for item in page if not isinstance(item, FakeKey)],
        page[-1].name if more and page else None,
        page[-1].version_id if more and page else None,
    )


def _versions(bucket: Any, prefix: str, key_marker: str) -> list[Any]:  # noqa: ANN401
    """Versions beneath a prefix and behind a marker, each key's latest first."""
    found = []
    names = (name for name in tuple(bucket.keys) if name.startswith(prefix) and name > key_marker)
    for name in sorted(names):
        versions = bucket.keys.getlist(name, [])
        for version in reversed(versions):
            version.is_latest = version is versions[-1]
            found.append(version)
    return found
