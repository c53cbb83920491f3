"""Deployment packages and layers on disk: kept by digest, unpacked once, read-only."""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.awslambda.errors import invalid_parameter, unreadable_code
from embedded_aws.clients import ClientFactory

MAX_UNZIPPED_BYTES = 262_144_000


@dataclass(frozen=True)
class Package:
    """A zip archive's identity."""

    sha256_hex: str
    size_bytes: int

    @property
    def code_sha256(self) -> str:
        """The digest in Lambda's writing, base64."""
        return base64.b64encode(bytes.fromhex(self.sha256_hex)).decode()


class PackageStore:
    """Takes zip archives in and hands unpacked, read-only folders out."""

    def __init__(self, folder: Path, clients: ClientFactory, python: Path) -> None:
        self._folder = folder
        self._clients = clients
        self._python = python
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, source: Mapping[str, Any], caller_key: str) -> Package:
        """Keep the archive that a request brings (``ZipFile``) or names (``S3Bucket`` ...).

        S3 is asked for it in the caller's name.

        Raises:
            ServiceError: there is none, it may not or cannot be read, or is too large unpacked.
        """
        content = self._content(source, caller_key)
        _check(content)
        package = Package(hashlib.sha256(content).hexdigest(), len(content))
        self._archive(package).write_bytes(content)
        return package

    def unpacked(self, packages: Sequence[Package]) -> Path:
        """The folder that results from unpacking archives one over the other, in order."""
        return self._folder_of(packages, lambda _: None)

    def unpacked_layers(self, packages: Sequence[Package]) -> Path:
        """``unpacked``, with the bytecode of the modules: each environment would compile them."""
        return self._folder_of(packages, self._compile)

    def _folder_of(self, packages: Sequence[Package], finish: Callable[[Path], object]) -> Path:
        names = "+".join(package.sha256_hex for package in packages)
        folder = self._folder / hashlib.sha256(names.encode()).hexdigest()
        with self._lock:
            if not folder.exists():
                self._unpack(packages, folder, finish)
        return folder

    def _unpack(
        self, packages: Sequence[Package], folder: Path, finish: Callable[[Path], object]
    ) -> None:
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        for package in packages:
            with zipfile.ZipFile(self._archive(package)) as archive:
                archive.extractall(partial)
        finish(partial)
        for path in partial.rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        partial.rename(folder)
        folder.chmod(0o555)

    def _compile(self, folder: Path) -> None:
        # What does not compile is told by the function that imports it.
        command = [str(self._python), "-m", "compileall", "-qq", str(folder)]
        subprocess.run(command, check=False, stdin=subprocess.DEVNULL)  # noqa: S603  # the standard library's

    def _archive(self, package: Package) -> Path:
        return self._folder / f"{package.sha256_hex}.zip"

    def _content(self, source: Mapping[str, Any], caller_key: str) -> bytes:
        if source.get("ZipFile"):
            return bytes(source["ZipFile"])
        if not (source.get("S3Bucket") and source.get("S3Key")):
            raise invalid_parameter("Please provide a source for function code.")
        where = {"Bucket": source["S3Bucket"], "Key": source["S3Key"]}
        if source.get("S3ObjectVersion"):
            where["VersionId"] = source["S3ObjectVersion"]
        try:
            answer = self._clients.as_caller("s3", caller_key).get_object(**where)
        except ClientError as failed:
            error = failed.response["Error"]
            raise unreadable_code(where, error["Code"], error["Message"]) from failed
        return bytes(answer["Body"].read())


def _check(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unzipped_bytes = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as broken:
        raise invalid_parameter(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        ) from broken
    if unzipped_bytes > MAX_UNZIPPED_BYTES:
        raise invalid_parameter(f"Unzipped size must be smaller than {MAX_UNZIPPED_BYTES} bytes")
