"""Documents in S3: what lineage keeps there forever, and what the jobs of a night left there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from lineage import schema
from lineage.clients import S3, Response
from lineage.errors import RecordConflict
from lineage.records.lock import RetentionLock

_MISSING = {"NoSuchKey", "404"}
_MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Archive:
    """Text objects by their S3 URI."""

    s3: S3

    def read(self, uri: str) -> str | None:
        """An object's text; None if there is none.

        S3 says "no such key" only to callers that may list the bucket (API reference, GetObject).
        """
        try:
            response = self.s3.get_object(**location(uri))
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in _MISSING:
                raise
            return None
        # What is no UTF-8 is to be told as what it is, a changed record, and not to end a question.
        text: str = response["Body"].read().decode(errors="replace")
        return text

    def read_json(self, uri: str) -> Any:  # noqa: ANN401  # whatever the document holds
        """An object's JSON document; None if there is no object.

        Raises:
            InvalidDocument: it is no JSON.
        """
        text = self.read(uri)
        return None if text is None else schema.read_json(uri, text)

    def pages(self, bucket: str, prefix: str) -> Iterator[Response]:
        """The objects below a prefix, in the order of their keys, as ListObjectsV2 pages them."""
        token: dict[str, str] = {}
        while True:
            page = self.s3.list_objects_v2(Bucket=bucket, Prefix=prefix, **token)
            yield {"Contents": [], **page}
            if not page["IsTruncated"]:
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, uri: str) -> None:
        """Delete an object, or hide it where versions are kept."""
        self.s3.delete_object(**location(uri))

    def clock(self, bucket: str) -> datetime:
        """What time it is by S3, which sets the times of objects and ends their locks."""
        return answered_at(self.s3.list_objects_v2(Bucket=bucket, MaxKeys=1))

    def write(self, uri: str, text: str, lock: RetentionLock | None = None) -> None:
        """Write an object, or a new version of it, which a lock keeps for its time."""
        self.s3.put_object(
            **location(uri),
            Body=text.encode(),
            ContentType="application/json",
            **(lock.parameters if lock else {}),
        )

    def write_once(self, uri: str, text: str, lock: RetentionLock | None = None) -> bool:
        """Write an object unless it is there already with the same text; return whether it is new.

        A lock keeps this version for its time: to delete the object then only hides it.

        Raises:
            RecordConflict: it is there with another text.
        """
        if self._create(uri, text, lock):
            return True
        if self.read(uri) != text:
            raise RecordConflict(
                f"{uri} exists and says something else: a record is never rewritten. Compare it"
                " with what the night did, then start the night again under a new name."
            )
        return False

    def _create(
        self, uri: str, text: str, lock: RetentionLock | None, attempts: int = _MOST_ATTEMPTS
    ) -> bool:
        """Write an object if there is none; return whether there was none."""
        try:
            self.s3.put_object(
                **location(uri),
                Body=text.encode(),
                ContentType="application/json",
                IfNoneMatch="*",
                **(lock.parameters if lock else {}),
            )
        except ClientError as refused:
            code = refused.response["Error"]["Code"]
            if code == "PreconditionFailed":
                return False
            # Another one is being written: S3 asks to try again (S3 guide, "Conditional writes").
            if code != "ConditionalRequestConflict" or attempts == 1:
                raise
            return self._create(uri, text, lock, attempts - 1)
        return True


def answered_at(response: Response) -> datetime:
    """When S3 answered, by its own clock (API reference, "Common Response Headers")."""
    return parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"])


def location(uri: str) -> dict[str, str]:
    """Bucket and key of an `s3://` URI, as boto3's parameters."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}
