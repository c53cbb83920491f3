"""A job's data on its way from and to S3, under the job's role."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from embedded_aws.sagemaker.jobs.failures import ClientFailure

if TYPE_CHECKING:
    from _typeshed import SupportsRead


@dataclass(frozen=True)
class S3Source:
    """What ``S3DataType`` and ``S3Uri`` name, and how it is spread over the hosts."""

    uri: str
    data_type: str = "S3Prefix"
    distribution: str = "FullyReplicated"


@dataclass(frozen=True)
class S3Object:
    """An object, and the path at which a job finds it beneath the input's folder."""

    bucket: str
    key: str
    relative_path: str


def objects(s3: Any, source: S3Source) -> list[S3Object]:  # noqa: ANN401  # boto3 client
    """The objects of a source, in key order for a prefix, in its own order for a manifest.

    Raises:
        ClientFailure: nothing is there, or the role may not see it.
    """
    try:
        if source.data_type == "ManifestFile":
            found = list(_listed_in_manifest(s3, source.uri))
        else:
            found = list(_below_prefix(s3, source.uri))
    except ClientError as refused:
        raise _download_failure(source.uri, refused) from refused
    if not found:
        raise ClientFailure(
            f'No S3 objects found under S3 URL "{source.uri}" given in input data source. '
            "Please ensure that the bucket exists in the selected region, that objects exist "
            "under that S3 prefix, and that the role has s3:ListBucket permissions on it."
        )
    return found


def share(found: Sequence[S3Object], source: S3Source, host: int, hosts: int) -> list[S3Object]:
    """One host's part of a source: all of it, or every n-th object when sharded by key."""
    return list(found[host::hosts] if source.distribution == "ShardedByS3Key" else found)


def download(s3: Any, found: Iterable[S3Object], folder: Path) -> None:  # noqa: ANN401
    """Write objects beneath a folder.

    Raises:
        ClientFailure: an object is missing or the role may not read it.
    """
    made = set[Path]()
    for each in found:
        uri = f"s3://{each.bucket}/{each.key}"
        target = Path(os.path.normpath(folder / each.relative_path))
        if not target.is_relative_to(folder):
            raise ClientFailure(f"Data download failed:{uri} would lie outside of its folder")
        try:
            body = s3.get_object(Bucket=each.bucket, Key=each.key)["Body"]
            is_folder = each.key.endswith("/")
            _make(target if is_folder else target.parent, made)
            if not is_folder:
                _write(body, target)
        except ClientError as refused:
            raise _download_failure(uri, refused) from refused
        except OSError as unwritable:
            raise ClientFailure(f"Data download failed:{uri}: {unwritable}") from unwritable


def upload(s3: Any, file: Path, uri: str, kms_key_id: str | None = None) -> None:  # noqa: ANN401
    """Write one object, encrypted with a key if there is one, or else as its bucket says.

    Raises:
        ClientFailure: the bucket is missing or the role may not write to it, or not use the key.
    """
    bucket, key = split(uri)
    by_key = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_id} if kms_key_id else {}
    try:
        with file.open("rb") as body:
            s3.put_object(Bucket=bucket, Key=key, Body=body, **by_key)
    except ClientError as refused:
        error = refused.response["Error"]
        raise ClientFailure(
            f"Artifact upload failed:Unable to upload {uri} ({error['Code']}: {error['Message']})"
        ) from refused


def upload_folder(s3: Any, folder: Path, uri: str, kms_key_id: str | None) -> None:  # noqa: ANN401
    """Write every file beneath a folder to the same path beneath ``uri``; see ``upload``."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        path = file.relative_to(folder).as_posix()
        upload(s3, file, f"{uri.rstrip('/')}/{path}", kms_key_id)


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of an ``s3://`` URI.

    Raises:
        ClientFailure: it is something else; the model also allows https, which is not emulated.
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket:
        raise ClientFailure(f"{uri} is not an s3:// URI; the embedded AWS supports no other")
    return bucket, key


def _make(folder: Path, made: set[Path]) -> None:
    # To find that one is there takes half as long as to write a small object into it.
    if folder not in made:
        folder.mkdir(parents=True, exist_ok=True)
        made.add(folder)


def _write(body: SupportsRead[bytes], target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(body, file, 1 << 20)


def _below_prefix(s3: Any, uri: str) -> Iterator[S3Object]:  # noqa: ANN401
    bucket, prefix = split(uri)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for entry in page.get("Contents", ()):
            if relative := _relative(entry["Key"], prefix):
                yield S3Object(bucket, entry["Key"], relative)


def _relative(key: str, prefix: str) -> str:
    if key.startswith(f"{prefix.rstrip('/')}/"):
        return key[len(prefix.rstrip("/")) + 1 :]
    # The prefix ends within a name, or is an object's whole key: paths start at that name.
    return key[prefix.rfind("/") + 1 :]


def _listed_in_manifest(s3: Any, uri: str) -> Iterator[S3Object]:  # noqa: ANN401
    bucket, key = split(uri)
    text = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        head, *names = json.loads(text)
        prefix = head["prefix"]
    except (KeyError, TypeError, ValueError) as malformed:
        raise ClientFailure(
            f'the manifest {uri} is not a JSON list [{{"prefix": "s3://..."}}, "name", ...]'
        ) from malformed
    for name in names:
        yield S3Object(*split(f"{prefix}{name}"), relative_path=name)


def _download_failure(uri: str, refused: ClientError) -> ClientFailure:
    error = refused.response["Error"]
    return ClientFailure(
        f"Data download failed:Unable to download {uri} ({error['Code']}: {error['Message']})"
    )
