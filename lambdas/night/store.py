"""Content-addressed writing to the night's bucket: no URI is ever written twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

_MOST_ATTEMPTS = 5


class ObjectPutter(Protocol):
    """The calls of S3 that staging needs."""

    def put_object(self, **parameters: Any) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """S3 PutObject."""
        ...

    def list_objects_v2(self, **parameters: Any) -> Any:  # noqa: ANN401  # as above
        """S3 ListObjectsV2."""
        ...


@dataclass(frozen=True)
class Location:
    """A bucket and a key or key prefix."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, uri: str) -> Self:
        """Read an ``s3://bucket/key`` URI."""
        parts = urlsplit(uri)
        return cls(parts.netloc, parts.path.lstrip("/"))

    @property
    def uri(self) -> str:
        """The literal ``s3://`` URI."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Staging:
    """Writes objects that are never overwritten."""

    s3: ObjectPutter
    bucket: str

    def put_all_once(self, folder: str, bodies: Mapping[str, bytes]) -> None:
        """Write the objects of a folder that are not there yet, by their names within it.

        One page of a listing tells: most nights stage what the night before did.
        """
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=folder).get("Contents", [])
        there = {each["Key"] for each in listed}
        for key, body in ((f"{folder}{name}", body) for name, body in bodies.items()):
            if key not in there:
                self.put_once(key, body)

    def put_once(self, key: str, body: str | bytes) -> str:
        """Write an object unless its key is taken; return its URI.

        Keys carry a digest of the content, so whoever came first wrote the same.
        """
        content = body.encode() if isinstance(body, str) else body
        self._create(key, content)
        return f"s3://{self.bucket}/{key}"

    def _create(self, key: str, content: bytes, attempts: int = _MOST_ATTEMPTS) -> None:
        try:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=content, IfNoneMatch="*")
        except ClientError as refused:
            code = refused.response["Error"]["Code"]
            # Another one is being written: S3 asks to try again (S3 guide, "Conditional writes").
            if code == "ConditionalRequestConflict" and attempts > 1:
                self._create(key, content, attempts - 1)
            elif code != "PreconditionFailed":
                raise
