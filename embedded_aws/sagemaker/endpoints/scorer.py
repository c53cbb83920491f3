"""The parent's end of the containers that score: one child process, asked over its pipes."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

_PROGRAM = Path(__file__).with_name("xgboost_serving.py")
OK = 200


@dataclass(frozen=True)
class Reply:
    """A container's HTTP answer."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the container did what was asked."""
        return self.status == OK


class Scorer:
    """Scores with any model; its process starts with the first request, and serves one at a time.

    One process stands for all containers of the instance: most of what a process costs is
    XGBoost's import.
    """

    def __init__(self, python: Path) -> None:
        self._command = [str(python), str(_PROGRAM)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ping(self, model_folder: Path) -> bool:
        """Tell whether a model can be loaded."""
        return self._ask({"model": str(model_folder)}, b"").is_success

    def invoke(
        self, model_folder: Path, body: bytes, content_type: str | None, accept: str | None
    ) -> Reply:
        """Send one request to the container of a model.

        A container that dies while it answers has answered with a server error; the next
        request starts another.
        """
        if not body:
            return Reply(204, "text/html; charset=utf-8", b"")
        header = {"model": str(model_folder), "content_type": content_type, "accept": accept}
        return self._ask(header, body)

    def close(self) -> None:
        """End the process, even in the middle of a request."""
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._stop()

    def _ask(self, header: dict[str, Any], body: bytes) -> Reply:
        with self._lock:
            process = self._running()
            try:
                _write(cast("IO[bytes]", process.stdin), {**header, "length": len(body)}, body)
                return _read(cast("IO[bytes]", process.stdout))
            except (BrokenPipeError, EOFError):
                self._stop()
                return Reply(500, "text/plain", b"Worker died.")

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
