"""Moto drops one key when ListObjectVersions starts at a KeyMarker; S3 starts right after it."""

from __future__ import annotations

from typing import Any

from moto.s3.models import S3Backend

_STOCK = S3Backend.list_object_versions


def apply() -> None:
    """Replace the handling of a KeyMarker that comes without a VersionIdMarker."""
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
    if not key_marker or version_id_marker or delimiter:
        return _STOCK(self, bucket_name, delimiter, key_marker, max_keys, prefix, version_id_marker)
    versions, _, markers, _, _ = _STOCK(self, bucket_name, None, None, None, prefix)
    later = sorted(
        (item for item in (*versions, *markers) if item.name > key_marker),
        key=lambda item: item.name,
    )
    page = later if max_keys is None else later[:max_keys]
    more = len(later) > len(page)
    return (
        [item for item in page if item in versions],
        [],
        [item for item in page if item in markers],
        page[-1].name if more else None,
        page[-1].version_id if more else None,
    )
