"""The code that the jobs run, staged to S3 under the digest of its content."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import jobs
from lineage.names import canonical_json, sha256
from night.store import Staging

PACKAGE_FOLDER = Path(jobs.__file__).parent
ARCHIVE = "jobs.zip"


def publish(staging: Staging, commit: str, folder: Path = PACKAGE_FOLDER) -> dict[str, Any]:
    """Write the ``jobs`` package as ``code/<digest>/jobs.zip``, which Python imports as it is.

    One object instead of one for each module: every job downloads all of them.

    Returns:
        The ``Code`` part of the night document; its digest is that of the modules.
    """
    sources = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}
    digest = sha256(canonical_json({name: sha256(body) for name, body in sources.items()}))
    staging.put_all_once(f"code/{digest}/", {ARCHIVE: archived(sources)})
    return {
        "Digest": digest,
        "Uri": f"s3://{staging.bucket}/code/{digest}/",
        "Commit": commit,
    }


def archived(sources: Mapping[str, bytes]) -> bytes:
    """The modules of the package as one archive: the same modules are the same bytes."""
    archive = io.BytesIO()
    with ZipFile(archive, "w") as package:
        for name, body in sources.items():
            # An entry made by its name alone bears no time at which its module was written.
            package.writestr(ZipInfo(f"jobs/{name}"), body)
    return archive.getvalue()
