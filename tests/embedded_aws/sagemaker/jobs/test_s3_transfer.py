"""How S3 objects are found, shared out among hosts, and named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from embedded_aws.sagemaker.jobs.failures import ClientFailure
from embedded_aws.sagemaker.jobs.s3_transfer import S3Object, S3Source, download, objects, share


@pytest.fixture(scope="module")
def s3(client: Any) -> Any:
    made = client("s3")
    made.create_bucket(Bucket="objects")
    for key in ("p/train/", "p/train/a", "p/train/b/c", "p/train-2/d", "p/train.csv"):
        made.put_object(Bucket="objects", Key=key, Body=key.encode())
    return made


def paths(s3: Any, uri: str) -> list[str]:
    return [found.relative_path for found in objects(s3, S3Source(uri))]


def test_paths_are_relative_to_the_prefix(s3: Any) -> None:
    assert paths(s3, "s3://objects/p/train/") == ["a", "b/c"]


def test_a_prefix_that_ends_within_a_name_keeps_that_name(s3: Any) -> None:
    """A prefix is a prefix of keys, not a folder: AWS brings the neighbours too."""
    assert paths(s3, "s3://objects/p/train-") == ["train-2/d"]
    assert paths(s3, "s3://objects/p/train") == ["train-2/d", "train.csv", "a", "b/c"]


def test_a_whole_bucket_can_be_the_source(s3: Any) -> None:
    s3.create_bucket(Bucket="whole")
    s3.put_object(Bucket="whole", Key="a/b", Body=b"")
    assert paths(s3, "s3://whole") == ["a/b"]


def test_sharding_gives_each_object_to_one_host() -> None:
    found = [S3Object("b", str(key), str(key)) for key in range(5)]
    source = S3Source("s3://b/", distribution="ShardedByS3Key")
    shares = [share(found, source, host, 2) for host in range(2)]
    assert sorted(each.key for part in shares for each in part) == ["0", "1", "2", "3", "4"]
    assert [len(part) for part in shares] == [3, 2]


def test_without_sharding_every_host_has_everything() -> None:
    found = [S3Object("b", "k", "k")]
    assert share(found, S3Source("s3://b/"), 1, 2) == found


def test_an_object_that_wants_a_files_place_as_its_folder_is_a_client_error(
    s3: Any, tmp_path: Path
) -> None:
    clash = [S3Object("objects", "p/train/a", "x"), S3Object("objects", "p/train/b/c", "x/y")]
    with pytest.raises(ClientFailure, match="Data download failed"):
        download(s3, clash, tmp_path)


@pytest.mark.parametrize("text", ["no json", "{}", "[]", '[{"no": "prefix"}, "x"]', '["x"]'])
def test_a_malformed_manifest_is_a_client_error(s3: Any, text: str) -> None:
    s3.put_object(Bucket="objects", Key="m/manifest", Body=text)
    with pytest.raises(ClientFailure, match="is not a JSON list"):
        objects(s3, S3Source("s3://objects/m/manifest", "ManifestFile"))
