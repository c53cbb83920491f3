"""Runs commands of the AWS command line, one after the other, in one process.

Reads one JSON list of arguments a line, and answers a line with the exit code, the output and the
error output. The CLI is unmodified; only its imports and service models are loaded once for all.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import IO

from awscli.clidriver import create_clidriver

DRIVER = create_clidriver()


def run(arguments: list[str]) -> tuple[int, str, str]:
    """Run one command; its exit code and what it printed."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        os.dup2(output.fileno(), 1)
        os.dup2(errors.fileno(), 2)
        code = DRIVER.main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
        return code, text(output), text(errors)


def text(file: IO[bytes]) -> str:
    """All that was written."""
    file.seek(0)
    return file.read().decode()


with os.fdopen(os.dup(1), "w") as answers:
    for line in sys.stdin:
        answers.write(f"{json.dumps(run(json.loads(line)))}\n")
        answers.flush()
