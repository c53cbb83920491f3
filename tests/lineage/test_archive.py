from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage.archive import Archive, location
from lineage.errors import RecordConflict
from tests.lineage.conftest import BUCKET


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


def test_a_key_keeps_its_slashes_and_signs() -> None:
    assert location("s3://b/lineage/dt=2026-11-21/a?b#c.json") == {
        "Bucket": "b",
        "Key": "lineage/dt=2026-11-21/a?b#c.json",
    }
