"""Which versions of a night's source objects are the latest ones, told by listings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from os.path import commonprefix

from lineage.clients import S3, Response
from lineage.records.archive import location


def latest_versions(s3: S3, uris: Collection[str]) -> dict[str, tuple[str, str]]:
    """Version id and ETag of each of some objects of a bucket, but for those that are gone.

    A listing shows a thousand at once, and needs no permission to read what is in them. Objects of
    a bucket that was never versioned have the version "null".
    """
    wanted = {location(uri)["Key"]: uri for uri in uris}
    if not wanted:
        return {}
    (bucket,) = {location(uri)["Bucket"] for uri in uris}
    return {
        wanted[each["Key"]]: (each["VersionId"], each["ETag"].strip('"'))
        for page in _pages(s3, bucket, sorted(wanted))
        for each in page.get("Versions", ())
        if each["IsLatest"] and each["Key"] in wanted
    }


def _pages(s3: S3, bucket: str, keys: list[str]) -> Iterator[Response]:
    """The listing from the first to the last of some keys."""
    # S3 starts behind the marker.
    markers = {"KeyMarker": keys[0][:-1]}
    prefix = commonprefix(keys)  # noqa: RUF071  # S3's are of characters
    while True:
        page = s3.list_object_versions(Bucket=bucket, Prefix=prefix, **markers)
        yield page
        if not page["IsTruncated"] or page["NextKeyMarker"] > keys[-1]:
            return
        markers = {
            "KeyMarker": page["NextKeyMarker"],
            "VersionIdMarker": page["NextVersionIdMarker"],
        }
