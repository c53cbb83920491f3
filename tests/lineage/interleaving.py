"""Writers that take turns call by call, as a test decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Any

from lineage.clients import Clients
from tests.lineage.wires import Call, Wire

Writer = Callable[[Clients], object]


@dataclass
class _Turns(Wire):
    """Waits before each call until it is told to go on, and tells when it waits."""

    may_call: SimpleQueue[None] = field(default_factory=SimpleQueue)
    waits: SimpleQueue[bool] = field(default_factory=SimpleQueue)

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        self.waits.put(True)
        self.may_call.get()
        return super().carry(name, call, request)


class _Run:
    """A writer in a thread of its own, which stands still between its calls."""

    def __init__(self, writer: Writer, clients: Clients) -> None:
        self.failure: list[Exception] = []
        self._turns = _Turns()
        wired = self._turns.through(clients)
        self._thread = Thread(target=self._write, args=(writer, wired), daemon=True)
        self._thread.start()
        self.is_waiting = self._turns.waits.get()

    def _write(self, writer: Writer, clients: Clients) -> None:
        try:
            writer(clients)
        except Exception as failure:  # noqa: BLE001  # handed to the test's own thread
            self.failure.append(failure)
        finally:
            self._turns.waits.put(False)

    def make_a_call(self) -> None:
        self._turns.may_call.put(None)
        self.is_waiting = self._turns.waits.get()


def interleave(writers: Sequence[Writer], clients: Clients, choose: Callable[[int], int]) -> None:
    """Run writers to their ends; ``choose`` picks the next of so many that have a call to make.

    Raises:
        Exception: the first that a writer raised.
    """
    runs = [_Run(writer, clients) for writer in writers]
    while waiting := [run for run in runs if run.is_waiting]:
        waiting[choose(len(waiting))].make_a_call()
    for run in runs:
        for failure in run.failure:
            raise failure
