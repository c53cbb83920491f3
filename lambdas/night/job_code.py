"""The code that the jobs run, staged to S3 under the digest of its content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jobs
from lineage.names import canonical_json, sha256
from night.store import Staging

PACKAGE_FOLDER = Path(jobs.__file__).parent


def publish(staging: Staging, commit: str, folder: Path = PACKAGE_FOLDER) -> dict[str, Any]:
    """Write every module of the ``jobs`` package under ``code/<digest>/jobs/``.

    Returns:
        The ``Code`` part of the night document.
    """
    sources = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py"))}
    digest = sha256(canonical_json({name: sha256(body) for name, body in sources.items()}))
    staging.put_all_once(f"code/{digest}/jobs/", sources)
    return {
        "Digest": digest,
        "Uri": f"s3://{staging.bucket}/code/{digest}/",
        "Commit": commit,
    }
