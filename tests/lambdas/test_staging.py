"""Staging where another execution writes the same at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from night.store import Staging


class Contended:
    """A bucket in which so many writes of others come in between."""

    def __init__(self, conflicts: int, last: str | None = None) -> None:
        self.answers = ["ConditionalRequestConflict"] * conflicts + ([last] if last else [])
        self.attempts = 0

    def put_object(self, **_: Any) -> None:
        self.attempts += 1
        if self.answers:
            raise ClientError({"Error": {"Code": self.answers.pop(0)}}, "PutObject")

    def list_objects_v2(self, **_: Any) -> dict[str, Any]:
        """An empty folder's listing: what others write shows later."""
        return {"KeyCount": 0}


@pytest.mark.parametrize("last", [None, "PreconditionFailed"])
def test_a_write_that_meets_another_one_is_made_again(last: str | None) -> None:
    bucket = Contended(2, last)
    assert Staging(bucket, "b").put_once("key", "text") == "s3://b/key"
    assert bucket.attempts == 3


def test_writes_of_others_without_end_are_told() -> None:
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        Staging(Contended(100), "b").put_once("key", "text")


def test_of_a_folder_that_is_there_nothing_is_written_again(client: Callable[[str], Any]) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="staged")
    s3.put_bucket_versioning(Bucket="staged", VersioningConfiguration={"Status": "Enabled"})
    staging = Staging(s3, "staged")
    staging.put_all_once("code/d1/", {"a.py": b"a"})
    staging.put_all_once("code/d1/", {"a.py": b"a", "b.py": b"b"})
    versions = s3.list_object_versions(Bucket="staged")["Versions"]
    assert [each["Key"] for each in versions] == ["code/d1/a.py", "code/d1/b.py"]


def test_a_folder_that_another_one_writes_meanwhile_is_none_to_fail_on() -> None:
    staging = Staging(Contended(0, "PreconditionFailed"), "b")
    staging.put_all_once("code/d1/", {"a.py": b"a"})
