"""Which running function a request comes from: AWS's SDKs send their invocation's trace along."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_ROOT = re.compile(r"Root=([^;]+)")


class Processes:
    """The invocations that run, by the root of the trace that each was given; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kill_by_root: dict[str, Callable[[], object]] = {}

    @contextmanager
    def running(self, trace_id: str, kill: Callable[[], object]) -> Iterator[None]:
        """Keep how the process of an invocation can be killed, while the invocation runs."""
        root = _root(trace_id)
        with self._lock:
            self._kill_by_root[root] = kill
        try:
            yield
        finally:
            with self._lock:
                del self._kill_by_root[root]

    def runs(self, trace_id: str) -> bool:
        """Whether a request with this trace header comes from an invocation that runs."""
        with self._lock:
            return _root(trace_id) in self._kill_by_root

    def kill(self, trace_id: str) -> None:
        """Kill the process that a request comes from; without effect if it is gone."""
        with self._lock:
            kill = self._kill_by_root.get(_root(trace_id))
        if kill is not None:
            kill()


def _root(trace_id: str) -> str:
    found = _ROOT.search(trace_id)
    return found[1] if found else ""
