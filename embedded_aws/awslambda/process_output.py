"""What a child process prints, line by line, missing none that is already written."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable

_CHUNK_BYTES = 65_536


class ProcessOutput:
    """Reads a pipe in the background and, through ``drain``, at once.

    A function's answer may overtake its last lines: they sit in the pipe while the answer
    arrives by HTTP. Whoever needs them all calls ``drain``.
    """

    def __init__(self, descriptor: int, emit: Callable[[str], None]) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._emit = emit
        self._rest = b""
        self._at_end = False
        self._lock = threading.Lock()
        threading.Thread(target=self._watch, name="lambda-output", daemon=True).start()

    def drain(self) -> None:
        """Emit everything written so far, an unfinished line included."""
        with self._lock:
            self._read()
            self._emit_rest()

    def _watch(self) -> None:
        readable = select.poll()
        readable.register(self._descriptor, select.POLLIN)
        while not self._at_end:
            readable.poll()
            with self._lock:
                self._read()
        os.close(self._descriptor)

    def _read(self) -> None:
        while not self._at_end:
            try:
                chunk = os.read(self._descriptor, _CHUNK_BYTES)
            except BlockingIOError:
                return
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._emit(_text(line))
            if not chunk:
                self._at_end = True
                self._emit_rest()

    def _emit_rest(self) -> None:
        if self._rest:
            self._emit(_text(self._rest))
            self._rest = b""


def _text(line: bytes) -> str:
    # The runtime client joins the lines of a traceback with \r to keep them one log event.
    return line.decode(errors="replace").replace("\r", "\n")
