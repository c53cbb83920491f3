"""What is answered here is what moto answers to the same request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.s3 import shortcuts

BUCKET = "plain"
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "read": ("get_object", {"Key": "a/b c.json"}),
    "read of a missing key": ("get_object", {"Key": "missing"}),
    "read of a deleted key": ("get_object", {"Key": "deleted"}),
    "read from a missing bucket": ("get_object", {"Bucket": "missing", "Key": "a"}),
    "head": ("head_object", {"Key": "a/b c.json", "ChecksumMode": "ENABLED"}),
    "head of a missing key": ("head_object", {"Key": "missing"}),
    "head of a deleted key": ("head_object", {"Key": "deleted"}),
    "write": ("put_object", {"Key": "w", "Body": b"new", "ContentType": "text/plain"}),
    "write of what is there": ("put_object", {"Key": "a/1", "Body": b"new", "IfNoneMatch": "*"}),
    "write of nothing": ("put_object", {"Key": "empty"}),
    "list": ("list_objects_v2", {}),
    "list a prefix": ("list_objects_v2", {"Prefix": "a/"}),
    "list nothing": ("list_objects_v2", {"Prefix": "missing"}),
    "list as many as there are": ("list_objects_v2", {"Prefix": "a/", "MaxKeys": 3}),
    "list a missing bucket": ("list_objects_v2", {"Bucket": "missing"}),
    "versions": ("list_object_versions", {}),
    "versions beneath a prefix": ("list_object_versions", {"Prefix": "a/"}),
    "versions behind a key": ("list_object_versions", {"KeyMarker": "a/b c.json"}),
    "some of the versions": ("list_object_versions", {"MaxKeys": 2}),
    "no versions": ("list_object_versions", {"Prefix": "missing"}),
    "versions of a missing bucket": ("list_object_versions", {"Bucket": "missing"}),
}


@pytest.fixture(scope="module")
def s3(client: Callable[[str], Any]) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for key in ("a/b c.json", "a/1", "a/<&>é", "other", "deleted"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), ContentType="application/json")
    s3.delete_object(Bucket=BUCKET, Key="deleted")
    return s3


def answered(s3: Any, method: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a caller sees, but for what differs from one call to the next."""
    try:
        answer = getattr(s3, method)(**{"Bucket": BUCKET, **given})
    except ClientError as refused:
        answer = refused.response
        answer["Error"].pop("Resource", None)
    if "Body" in answer:
        answer["Body"] = answer["Body"].read()
    status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
    if method == "put_object":
        answer.pop("VersionId", None)
    if method == "list_object_versions":
        # AWS quotes the keys as it is asked to, and says so; moto does neither.
        answer.pop("EncodingType", None)
    return {**answer, "Status": status}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_plain_request_is_answered_as_by_moto(
    s3: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = answered(s3, *REQUESTS[name])
    monkeypatch.setattr(shortcuts, "is_plain", lambda *_: False)
    assert short == answered(s3, *REQUESTS[name])


def test_a_second_page_follows_the_first(s3: Any) -> None:
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix="a/", PaginationConfig={"PageSize": 2}
    )
    assert [[it["Key"] for it in page["Contents"]] for page in pages] == [
        ["a/1", "a/<&>é"],
        ["a/b c.json"],
    ]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("GetObject", {"Bucket": "b", "Key": "k", "VersionId": "v"}),
        ("GetObject", {"Bucket": "b", "Key": "k", "Range": "bytes=0-1"}),
        ("PutObject", {"Bucket": "b", "Key": "k", "Tagging": "a=b"}),
        ("PutObject", {"Bucket": "b", "Key": "k", "ChecksumAlgorithm": "SHA256"}),
        ("ListObjectsV2", {"Bucket": "b", "Delimiter": "/"}),
        ("DeleteObject", {"Bucket": "b", "Key": "k"}),
    ],
)
def test_a_request_for_more_is_not_plain(operation: str, parameters: dict[str, Any]) -> None:
    assert not shortcuts.is_plain(operation, parameters)
