"""Delivers labelled transactions to the bucket, as an upstream team would."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

_AT_ONCE = 4


def partitions(folder: Path, first: date, last: date) -> list[Path]:
    """The files of the ``dt=`` partitions from ``first`` to ``last``."""
    return sorted(
        file
        for file in folder.glob("dt=*/*")
        if first.isoformat() <= file.parent.name.removeprefix("dt=") <= last.isoformat()
    )


def deliver(s3: Any, bucket: str, files: list[Path], progress: Callable[[], None]) -> None:  # noqa: ANN401  # boto3 client
    """Upload each file to ``labelled/<partition>/<name>``."""

    def upload(file: Path) -> None:
        s3.upload_file(str(file), bucket, f"labelled/{file.parent.name}/{file.name}")
        progress()

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(upload, files))
