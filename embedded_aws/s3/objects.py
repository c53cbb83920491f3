"""Plain reads and writes of objects."""

from __future__ import annotations

from embedded_aws.gateway.call import Call, HttpAnswer
from embedded_aws.gateway.service import ServiceError
from embedded_aws.s3.buckets import Moto, backend_of, bucket_of, is_deleted, latest

PLAIN_READ = frozenset({"Bucket", "Key", "ChecksumMode"})
PLAIN_WRITE = frozenset(
    {
        "Body",
        "Bucket",
        "ChecksumAlgorithm",
        "ChecksumCRC32",
        "ContentLength",
        "ContentType",
        "IfNoneMatch",
        "Key",
    }
)


def get_object(call: Call) -> HttpAnswer:
    """An object's content, with the headers that moto answers with."""
    bucket, name = _bucket(call), call.parameters["Key"]
    found = latest(bucket, name)
    if found is None:
        raise ServiceError("NoSuchKey", "The specified key does not exist.", status=404, Key=name)
    return HttpAnswer(200, _headers(call, found), found.value)


def head_object(call: Call) -> HttpAnswer:
    """An object's headers alone."""
    bucket, name = _bucket(call), call.parameters["Key"]
    found = latest(bucket, name)
    if found is not None:
        return HttpAnswer(200, _headers(call, found), b"")
    deleted = {"x-amz-delete-marker": "true"} if is_deleted(bucket, name) else {}
    return HttpAnswer(404, deleted, b"")


def put_object(call: Call) -> HttpAnswer:
    """A new version of an object."""
    given, bucket = call.parameters, _bucket(call)
    if "IfNoneMatch" in given and latest(bucket, given["Key"]) is not None:
        raise ServiceError(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            status=412,
            Condition="If-None-Match",
        )
    written = _written(call, bucket)
    headers = {name: str(value) for name, value in written.response_dict.items()}
    del headers["content-length"]
    if written.checksum_value:
        headers["x-amz-checksum-crc32"] = written.checksum_value
    return HttpAnswer(200, headers, b"")


def _written(call: Call, bucket: Moto) -> Moto:
    given, backend = call.parameters, backend_of(call.context.account_id)
    is_locked = bucket.object_lock_enabled and bucket.has_default_lock
    written = backend.put_object(
        bucket.name,
        given["Key"],
        given.get("Body", b""),
        storage="STANDARD",
        lock_mode=bucket.default_lock_mode if is_locked else None,
        lock_until=bucket.default_retention() if is_locked else None,
        checksum_value=given.get("ChecksumCRC32"),
    )
    if "ContentType" in given:
        written.set_metadata({"content-type": given["ContentType"]})
    if "ChecksumCRC32" in given:
        written.checksum_algorithm = "CRC32"
    written.set_acl(bucket.acl)
    # The tags of what it replaces in a bucket without versions are no more.
    backend.put_object_tagging(written, {})
    return written


def _headers(call: Call, found: Moto) -> dict[str, str]:
    headers = {**found.metadata, **found.response_dict, "Accept-Ranges": "bytes"}
    if call.parameters.get("ChecksumMode") == "ENABLED" and found.checksum_algorithm:
        name = f"x-amz-checksum-{found.checksum_algorithm.lower()}"
        is_composite = found.checksum_type == "COMPOSITE"
        parts = f"-{found.checksum_parts}" if is_composite else ""
        headers[name] = f"{found.checksum_value}{parts}"
        if found.checksum_type:
            headers["x-amz-checksum-type"] = found.checksum_type
    return {name: str(value) for name, value in headers.items()}


def _bucket(call: Call) -> Moto:
    return bucket_of(call.context.account_id, call.parameters["Bucket"])
