"""An embedded AWS in a process of its own, and how to talk to it.

By its command line and over HTTP alone, as a user does, and not by ``embedded_aws.testing``: what
the demonstration imports, it would share with what it demonstrates.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REGION = "us-east-1"


class ServerDied(RuntimeError):
    """The embedded AWS ended before it said where it listens."""


@dataclass(frozen=True)
class LocalAws:
    """A serving embedded AWS."""

    url: str

    @property
    def variables(self) -> Mapping[str, str]:
        """What any AWS client needs in its environment to use it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def advance_to(self, when: datetime) -> None:
        """Move its clock; returns when everything that fell due on the way is done."""
        request = urllib.request.Request(  # noqa: S310  # a loopback URL that we made
            f"{self.url}/_embedded/clock",
            json.dumps({"advance_to": when.isoformat()}).encode(),
            method="POST",
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # as above
            answer.read()

    def fault_report(self) -> dict[str, Any]:
        """The scripted faults, and each time that one of them struck."""
        with urllib.request.urlopen(f"{self.url}/_embedded/faults") as answer:  # noqa: S310  # as above
            report: dict[str, Any] = json.load(answer)
        return report


@contextmanager
def serving(
    start_at: datetime, faults: Path | None = None, job_python: str = sys.executable
) -> Iterator[LocalAws]:
    """Serve an embedded AWS on a free loopback port until the context ends."""
    command = [sys.executable, "-m", "embedded_aws", "--start-at", start_at.isoformat()]
    command += ["--job-python", job_python]
    if faults is not None:
        command += ["--faults", str(faults)]
    runtime = ROOT / ".venv-lambda" / "bin" / "python"
    with subprocess.Popen(  # noqa: S603  # our own module
        [*command, "--region", REGION, "--lambda-python", str(runtime)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise ServerDied(f"it exited with {process.wait()}; its own message is above")
            yield LocalAws(url)
        finally:
            process.terminate()
            # Popen itself gives up after a quarter of a second when Ctrl-C brought us here.
            process.wait()
