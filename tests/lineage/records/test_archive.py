from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage.errors import InvalidDocument, LineageUnavailable, RecordConflict
from lineage.outages import outages_named
from lineage.records.archive import Archive, location
from tests.lineage.buckets import VersionedBucket
from tests.lineage.conftest import BUCKET


class Contended:
    """A bucket in which others write at the same moment; it tells so many times that they do."""

    def __init__(self, bucket: VersionedBucket, theirs: str | None, conflicts: int) -> None:
        self._bucket, self._theirs, self._conflicts = bucket, theirs, conflicts

    def put_object(self, **request: Any) -> Any:
        if self._conflicts:
            self._conflicts -= 1
            if self._theirs is not None:
                self._bucket.put_object(Key=request["Key"], Body=self._theirs.encode())
            told = {"Code": "ConditionalRequestConflict", "Message": "Another one is under way."}
            raise ClientError({"Error": told}, "PutObject")
        return self._bucket.put_object(**request)

    def get_object(self, **request: Any) -> Any:
        return self._bucket.get_object(**request)


@pytest.fixture
def archive(s3: Any) -> Archive:
    return Archive(s3)


def test_an_object_reads_as_it_was_written(archive: Archive) -> None:
    archive.write(f"s3://{BUCKET}/archive/text.json", '{"ä": 1}')
    assert archive.read(f"s3://{BUCKET}/archive/text.json") == '{"ä": 1}'
    assert archive.read_json(f"s3://{BUCKET}/archive/text.json") == {"ä": 1}


def test_an_object_that_is_not_there_reads_as_none(archive: Archive) -> None:
    assert archive.read(f"s3://{BUCKET}/archive/nothing") is None
    assert archive.read_json(f"s3://{BUCKET}/archive/nothing") is None


def test_an_object_that_is_no_json_is_named(archive: Archive) -> None:
    uri = f"s3://{BUCKET}/archive/cut.json"
    archive.write(uri, "{")
    with pytest.raises(InvalidDocument, match=uri):
        archive.read_json(uri)


def test_a_bucket_that_is_not_there_is_an_error(archive: Archive) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        archive.read("s3://there-is-no-such-bucket/key")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        archive.write_once("s3://there-is-no-such-bucket/key", "text")


def test_an_object_is_written_once(archive: Archive) -> None:
    uri = f"s3://{BUCKET}/archive/once.json"
    assert archive.write_once(uri, "one")
    assert not archive.write_once(uri, "one")
    with pytest.raises(RecordConflict, match=uri):
        archive.write_once(uri, "other")
    assert archive.read(uri) == "one"


@pytest.mark.parametrize(("mine", "theirs", "is_new"), [("one", None, True), ("one", "one", False)])
def test_a_write_that_meets_another_one_is_made_again(
    mine: str, theirs: str | None, *, is_new: bool
) -> None:
    bucket = VersionedBucket()
    archive = Archive(Contended(bucket, theirs, conflicts=2))  # type: ignore[arg-type]
    assert archive.write_once("s3://b/key", mine) is is_new
    assert archive.read("s3://b/key") == mine


def test_what_another_writer_says_meanwhile_is_a_conflict() -> None:
    archive = Archive(Contended(VersionedBucket(), "other", conflicts=1))  # type: ignore[arg-type]
    with pytest.raises(RecordConflict, match="s3://b/key exists"):
        archive.write_once("s3://b/key", "one")


def test_writes_of_others_without_end_are_an_outage() -> None:
    archive = Archive(Contended(VersionedBucket(), None, conflicts=100))  # type: ignore[arg-type]
    with pytest.raises(LineageUnavailable, match="Another one"), outages_named():
        archive.write_once("s3://b/key", "one")


def test_a_key_keeps_its_slashes_and_signs() -> None:
    assert location("s3://b/lineage/dt=2026-11-21/a?b#c.json") == {
        "Bucket": "b",
        "Key": "lineage/dt=2026-11-21/a?b#c.json",
    }
