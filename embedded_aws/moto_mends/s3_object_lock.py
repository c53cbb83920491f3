"""Moto turns on Object Lock for empty buckets only; S3 does so for any versioned bucket."""

from __future__ import annotations

from typing import Any

from moto.s3.models import S3Backend

_STOCK = S3Backend.put_object_lock_configuration


def apply() -> None:
    """Replace the check of PutObjectLockConfiguration that S3 has dropped.

    "You can enable Object Lock for new or existing buckets" (API reference of
    PutObjectLockConfiguration).
    """
    S3Backend.put_object_lock_configuration = _put_object_lock_configuration


def _put_object_lock_configuration(
    self: Any,  # noqa: ANN401  # moto's backend has no static type
    bucket_name: str,
    lock_enabled: bool,  # noqa: FBT001  # the parameters of what it replaces
    mode: str | None = None,
    days: int | None = None,
    years: int | None = None,
) -> None:
    bucket = self.get_bucket(bucket_name)
    if not (bucket.is_versioned and bucket.keys.item_size() > 0):
        _STOCK(self, bucket_name, lock_enabled, mode, days, years)
        return
    bucket.object_lock_enabled = bucket.object_lock_enabled or lock_enabled
    bucket.default_lock_mode = mode
    bucket.default_lock_days = days
    bucket.default_lock_years = years
