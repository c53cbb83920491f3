"""The parent's end of a container that scores: a child process, asked over its pipes."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

_PROGRAM = Path(__file__).with_name("xgboost_serving.py")


@dataclass(frozen=True)
class Reply:
    """A container's HTTP answer."""

    status: int
    content_type: str
    body: bytes


class Scorer:
    """Scores with one model; its process starts with the first request and serves one at a time."""

    def __init__(self, python: Path, model_folder: Path) -> None:
        self._command = [str(python), str(_PROGRAM), str(model_folder)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, body: bytes, content_type: str, accept: str) -> Reply:
        """Send one request to the container.

        A container that dies while it answers has answered with a server error; the next
        request starts another.
        """
        with self._lock:
            process = self._running()
            header = {"content_type": content_type, "accept": accept, "length": len(body)}
            try:
                _write(cast("IO[bytes]", process.stdin), header, body)
                return _read(cast("IO[bytes]", process.stdout))
            except (BrokenPipeError, EOFError):
                self._stop()
                return Reply(500, "text/plain", b"Worker died.")

    def close(self) -> None:
        """End the process, even in the middle of a request."""
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # One thread, as the container sets for its own workers.
                env={"PATH": os.defpath, "OMP_NUM_THREADS": "1"},
            )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _write(pipe: IO[bytes], header: dict[str, Any], body: bytes) -> None:
    pipe.write(json.dumps(header).encode() + b"\n" + body)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Reply:
    line = pipe.readline()
    if not line:
        raise EOFError
    header = json.loads(line)
    return Reply(header["status"], header["content_type"], pipe.read(header["length"]))
