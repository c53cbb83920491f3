"""What variables may take: of one Assign, and of a whole execution.

Developer Guide, "Service quotas" and "Passing data between states with variables". Which error
exceeding them is, and its words, are undocumented: that of every other payload is taken.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from embedded_aws.stepfunctions.documents import MAX_PAYLOAD_BYTES, Json, dumps, size_bytes
from embedded_aws.stepfunctions.errors import DATA_LIMIT_EXCEEDED, StateFailure

MAX_STORED_BYTES = 10 * 1024 * 1024


class StoredVariables:
    """Counts the bytes of all variables of a run, by the strand that they belong to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[str, dict[str, int]] = {}

    def keep(self, path: str, texts: Mapping[str, str], state: str) -> None:
        """Count what ``state`` assigns in the scope of a strand.

        Args:
            path: The strand's.
            texts: The variables as JSON text.
            state: Its name.

        Raises:
            StateFailure: ``States.DataLimitExceeded``.
        """
        sizes = {name: size_bytes(text) for name, text in texts.items()}
        if sum(sizes.values()) > MAX_PAYLOAD_BYTES:
            # One variable alone may not be larger either, which this includes.
            raise _exceeded(state, "assigns variables of more than 256 KiB")
        with self._lock:
            self._sizes[path] = {**self._sizes.get(path, {}), **sizes}
            total = sum(sum(of_strand.values()) for of_strand in self._sizes.values())
        if total > MAX_STORED_BYTES:
            raise _exceeded(state, "brings the variables of the execution above 10 MiB")

    def resume(self, path: str, variables: Mapping[str, Json]) -> None:
        """Count what a redriven strand had."""
        with self._lock:
            self._sizes[path] = {name: size_bytes(dumps(it)) for name, it in variables.items()}

    def release(self, path: str) -> None:
        """Count those of a strand no more: they end with it."""
        with self._lock:
            self._sizes.pop(path, None)


def _exceeded(state: str, what: str) -> StateFailure:
    return StateFailure(DATA_LIMIT_EXCEEDED, f"The state '{state}' {what}.")
