"""A bucket in memory, with the five calls of S3 that lineage makes, and its refusals."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from itertools import count
from typing import Any

from botocore.exceptions import ClientError

Answer = dict[str, Any]
_FIRST = datetime(2026, 11, 22, 3, tzinfo=UTC)


class VersionedBucket:
    """Objects by key, each with all its versions, one a second; no bucket's name is looked at.

    Attributes:
        now: What time it is, if somebody says so.
    """

    def __init__(self) -> None:
        self.now: datetime | None = None
        self._versions: dict[str, list[bytes]] = {}
        self._modified: dict[str, datetime] = {}
        self._instants = (_FIRST + timedelta(seconds=each) for each in count())

    @property
    def objects(self) -> Mapping[str, tuple[bytes, ...]]:
        """What was put under each key, the latest last."""
        return {key: tuple(versions) for key, versions in self._versions.items()}

    def put_object(self, *, Key: str, Body: bytes, **request: str) -> Answer:  # noqa: N803
        if request.get("IfNoneMatch") and Key in self._versions:
            raise _refusal("PreconditionFailed", 412, "PutObject")
        self._versions.setdefault(Key, []).append(Body)
        self._modified[Key] = (self.now or next(self._instants)).replace(microsecond=0)
        return self._described(Key)

    def get_object(self, *, Key: str, **_: str) -> Answer:  # noqa: N803
        if Key not in self._versions:
            raise _refusal("NoSuchKey", 404, "GetObject")
        return {**self._described(Key), "Body": BytesIO(self._versions[Key][-1])}

    def delete_object(self, *, Key: str, **_: str) -> Answer:  # noqa: N803
        """Forget an object with all its versions."""
        self._versions.pop(Key, None)
        return {}

    def list_objects_v2(self, *, Prefix: str = "", **_: str) -> Answer:  # noqa: N803
        keys = sorted(key for key in self._versions if key.startswith(Prefix))
        headers = {"date": format_datetime(self.now or _FIRST, usegmt=True)}
        return {
            "IsTruncated": False,
            "Contents": [{"Key": key, "LastModified": self._modified[key]} for key in keys],
            "ResponseMetadata": {"HTTPHeaders": headers},
        }

    def list_object_versions(self, *, Prefix: str, KeyMarker: str, **_: str) -> Answer:  # noqa: N803
        keys = sorted(key for key in self._versions if key.startswith(Prefix) and key > KeyMarker)
        return {
            "IsTruncated": False,
            "Versions": [{"Key": key, "IsLatest": True, **self._described(key)} for key in keys],
        }

    def _described(self, key: str) -> Answer:
        versions = self._versions[key]
        digest = hashlib.md5(versions[-1], usedforsecurity=False).hexdigest()
        return {"ETag": f'"{digest}"', "VersionId": str(len(versions))}


def _refusal(code: str, status: int, operation: str) -> ClientError:
    told = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(told, operation)
