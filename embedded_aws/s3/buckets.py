"""Moto's buckets, and their errors as this package raises errors."""

from __future__ import annotations

from typing import Any

from moto.s3.exceptions import MissingBucket
from moto.s3.models import FakeDeleteMarker, FakeKey, s3_backends

from embedded_aws.gateway.service import ServiceError

Moto = Any
"""Moto's models have no static types."""


def backend_of(account_id: str) -> Moto:
    """All buckets of an account."""
    return s3_backends[account_id]["aws"]


def bucket_of(account_id: str, name: str) -> Moto:
    """A bucket.

    Raises:
        ServiceError: ``NoSuchBucket``.
    """
    try:
        return backend_of(account_id).get_bucket(name)
    except MissingBucket as missing:
        raise ServiceError(
            "NoSuchBucket", "The specified bucket does not exist", status=404, BucketName=name
        ) from missing


def latest(bucket: Moto, key: str) -> Moto | None:
    """The object's latest version; none where it was deleted, or never was."""
    found = bucket.keys.get(key)
    return found if isinstance(found, FakeKey) else None


def is_deleted(bucket: Moto, key: str) -> bool:
    """Whether the latest version is a delete marker."""
    return isinstance(bucket.keys.get(key), FakeDeleteMarker)
