"""An embedded AWS in a process of its own, so that what asks it is measured alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def endpoint_of(module: str, *arguments: str) -> Iterator[str]:
    """The endpoint that a module prints when it serves; it is ended afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError(f"{module} has no output")
        yield process.stdout.readline().strip()
        process.terminate()
