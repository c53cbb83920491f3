"""The staged code of the jobs, as their containers import it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from night import job_code
from night.store import Staging


def published(s3: Any, bucket: str, folder: Path = job_code.PACKAGE_FOLDER) -> tuple[str, bytes]:
    """The key and the content of the one object that staging writes to a new bucket."""
    s3.create_bucket(Bucket=bucket)
    code = job_code.publish(Staging(s3, bucket), "c0ffee", folder)
    (staged,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert f"s3://{bucket}/{staged['Key']}" == f"{code['Uri']}{job_code.ARCHIVE}"
    return staged["Key"], s3.get_object(Bucket=bucket, Key=staged["Key"])["Body"].read()


def test_python_imports_the_jobs_from_what_is_staged(
    client: Callable[[str], Any], tmp_path: Path
) -> None:
    archive = tmp_path / job_code.ARCHIVE
    archive.write_bytes(published(client("s3"), "imported-code")[1])
    command = [sys.executable, "-c", "import jobs.errors; print(jobs.errors.__file__)"]
    environment = {**os.environ, "PYTHONPATH": str(archive)}
    output = subprocess.check_output(command, cwd=tmp_path, env=environment, text=True)
    assert output.strip() == f"{archive}/jobs/errors.py"


def test_the_same_modules_are_the_same_bytes_whenever_they_were_written(
    client: Callable[[str], Any], tmp_path: Path
) -> None:
    copied = tmp_path / "jobs"
    shutil.copytree(job_code.PACKAGE_FOLDER, copied)
    for module in copied.glob("*.py"):
        os.utime(module, (0, 0))
    s3 = client("s3")
    assert published(s3, "copied-code", copied) == published(s3, "code-as-it-was")
