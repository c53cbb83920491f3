"""Plain listings: moto looks at every version of every key of a bucket for each."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from embedded_aws.gateway.call import Call, HttpAnswer
from embedded_aws.s3.buckets import Moto, backend_of, bucket_of, latest
from embedded_aws.s3.quoting import quoted

PLAIN_LISTING = frozenset({"Bucket", "EncodingType", "MaxKeys", "Prefix"})
_MOST_KEYS = 1000
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def list_objects(call: Call) -> HttpAnswer:
    """The objects beneath a prefix, or the first page of them."""
    given = call.parameters
    bucket = bucket_of(call.context.account_id, given["Bucket"])
    prefix = given.get("Prefix", "")
    found, token = _beneath(bucket, prefix), None
    most = given.get("MaxKeys", _MOST_KEYS)
    if len(found) > most:
        # Moto keeps what its tokens stand for.
        backend = backend_of(call.context.account_id)
        found, _, token = backend.list_objects_v2(bucket, prefix, None, None, None, most)
    is_quoted = given.get("EncodingType") == "url"
    body = "".join(
        [
            f'<?xml version="1.0" encoding="utf-8"?>\n<ListBucketResult xmlns="{_NAMESPACE}">',
            f"<IsTruncated>{str(token is not None).lower()}</IsTruncated>",
            f"<Name>{bucket.name}</Name>",
            f"<Prefix>{_text(prefix, is_quoted=is_quoted)}</Prefix><MaxKeys>{most}</MaxKeys>",
            f"<KeyCount>{len(found)}</KeyCount>",
            "<EncodingType>url</EncodingType>" if is_quoted else "",
            f"<NextContinuationToken>{token}</NextContinuationToken>" if token else "",
            *(_entry(key, is_quoted=is_quoted) for key in found),
            "</ListBucketResult>",
        ]
    )
    return HttpAnswer(200, {"Content-Type": "application/xml"}, body.encode())


def _beneath(bucket: Moto, prefix: str) -> Sequence[Moto]:
    # A tuple is made in one go, whoever writes meanwhile.
    names = sorted(name for name in tuple(bucket.keys) if name.startswith(prefix))
    objects = (latest(bucket, name) for name in names)
    return [each for each in objects if each is not None]


def _entry(key: Moto, *, is_quoted: bool) -> str:
    algorithm = key.checksum_algorithm
    return (
        f"<Contents><Key>{_text(key.name, is_quoted=is_quoted)}</Key>"
        f"<LastModified>{key.last_modified_ISO8601}</LastModified><ETag>{escape(key.etag)}</ETag>"
        + (f"<ChecksumAlgorithm>{algorithm}</ChecksumAlgorithm>" if algorithm else "")
        + f"<Size>{key.size}</Size><StorageClass>{key.storage_class}</StorageClass></Contents>"
    )


def _text(name: str, *, is_quoted: bool) -> str:
    return escape(quoted(name) if is_quoted else name)
