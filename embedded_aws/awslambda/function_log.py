"""One environment's log: every line goes to its stream, the last lines to the caller who asks."""

from __future__ import annotations

import base64
import threading

from embedded_aws.awslambda.log_delivery import LogDelivery, LogStream

_TAIL_BYTES = 4096


class FunctionLog:
    """Writes to a log stream and remembers the current invocation's part."""

    def __init__(self, delivery: LogDelivery, stream: LogStream) -> None:
        self._delivery = delivery
        self._stream = stream
        self._lock = threading.Lock()
        self._lines: list[str] = []

    def begin(self) -> None:
        """Start the part of a new invocation."""
        with self._lock:
            self._lines.clear()

    def write(self, line: str) -> None:
        """Log one event."""
        with self._lock:
            self._lines.append(line)
        self._delivery.put(self._stream, line)

    def tail(self) -> str:
        """The last 4 KB of the current invocation's part, base64, as ``LogType=Tail`` wants it."""
        with self._lock:
            text = "".join(line if line.endswith("\n") else f"{line}\n" for line in self._lines)
        return base64.b64encode(text.encode()[-_TAIL_BYTES:]).decode()
