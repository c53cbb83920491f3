"""Plain listings of versions: moto's words for what it finds cost ten times the finding."""

from __future__ import annotations

from xml.sax.saxutils import escape

from moto.s3.models import FakeKey

from embedded_aws.gateway.call import Call, HttpAnswer
from embedded_aws.s3.buckets import Moto, backend_of, bucket_of
from embedded_aws.s3.quoting import quoted

PLAIN_VERSION_LISTING = frozenset(
    {"Bucket", "EncodingType", "KeyMarker", "MaxKeys", "Prefix", "VersionIdMarker"}
)
_MOST_KEYS = 1000
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_OWNER = (
    "<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID>"
    "<DisplayName>webfile</DisplayName></Owner>"
)


def list_versions(call: Call) -> HttpAnswer:
    """A page of the versions beneath a prefix, each key's latest first."""
    given, account_id = call.parameters, call.context.account_id
    bucket = bucket_of(account_id, given["Bucket"])
    prefix, marker = given.get("Prefix", ""), given.get("KeyMarker", "")
    version_marker, most = given.get("VersionIdMarker", ""), given.get("MaxKeys", _MOST_KEYS)
    versions, _, deletions, next_marker, next_version = backend_of(account_id).list_object_versions(
        bucket.name,
        key_marker=marker or None,
        max_keys=most,
        prefix=prefix,
        version_id_marker=version_marker or None,
    )
    is_quoted = given.get("EncodingType") == "url"
    told = {
        "Name": bucket.name,
        "Prefix": _text(prefix, is_quoted=is_quoted),
        "KeyMarker": _text(marker, is_quoted=is_quoted),
        "VersionIdMarker": version_marker,
        "MaxKeys": most,
        "IsTruncated": str(next_marker is not None).lower(),
    }
    if is_quoted:
        told["EncodingType"] = "url"
    if next_marker is not None:
        told["NextKeyMarker"] = _text(next_marker, is_quoted=is_quoted)
        told["NextVersionIdMarker"] = next_version
    entries = "".join(_entry(each, is_quoted=is_quoted) for each in (*versions, *deletions))
    body = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<ListVersionsResult xmlns="{_NAMESPACE}">'
        f"{_elements(told)}{entries}</ListVersionsResult>"
    )
    return HttpAnswer(200, {"Content-Type": "application/xml"}, body.encode())


def _entry(version: Moto, *, is_quoted: bool) -> str:
    told = {
        "Key": _text(version.name, is_quoted=is_quoted),
        "VersionId": "null" if version.version_id is None else version.version_id,
        "IsLatest": str(version.is_latest).lower(),
        "LastModified": version.last_modified_ISO8601,
    }
    if not isinstance(version, FakeKey):
        return f"<DeleteMarker>{_elements(told)}{_OWNER}</DeleteMarker>"
    told |= {
        "ETag": escape(version.etag),
        "Size": version.size,
        "StorageClass": version.storage_class,
    }
    return f"<Version>{_elements(told)}{_OWNER}</Version>"


def _elements(told: dict[str, object]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in told.items())


def _text(name: str, *, is_quoted: bool) -> str:
    return escape(quoted(name) if is_quoted else name)
