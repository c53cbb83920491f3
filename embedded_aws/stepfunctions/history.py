"""The event history of an execution, in the form that GetExecutionHistory returns it.

Event types, ids and previous ids follow histories recorded from AWS.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

Event = Mapping[str, Any]
MAX_EVENTS = 25_000
NOT_TRUNCATED = {"truncated": False}
_EXECUTION_DATA = {
    "input", "inputDetails", "output", "outputDetails",
    "assignedVariables", "assignedVariablesDetails",
}  # fmt: skip


class History:
    """Appends events with rising ids; callers hold the execution's lock.

    A packed history takes about a tenth of the memory, and opens itself when it is written to.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._events: list[Event] = []
        self._packed: bytes | None = None
        self._count = 0

    def append(
        self, kind: str, previous_id: int, details: Mapping[str, Any] | None = None
    ) -> Event:
        """Add an event; its id is one more than the last one's."""
        if self._packed is not None:
            self._events, self._packed = _unpacked(self._packed), None
        self._count += 1
        event: dict[str, Any] = {
            "timestamp": self._now(),
            "type": kind,
            "id": self._count,
            "previousEventId": previous_id,
        }
        if details is not None:
            event[details_member(kind)] = details
        self._events.append(event)
        return event

    def pack(self) -> None:
        """Keep the events as compressed text: those of a closed execution are seldom read."""
        if self._packed is None:
            text = json.dumps(self._events, default=datetime.isoformat)
            self._packed, self._events = zlib.compress(text.encode()), []

    def __len__(self) -> int:
        """How many events there are."""
        return self._count

    def events(self, *, newest_first: bool, include_data: bool) -> Sequence[Event]:
        """All events, with or without the data that passed through the execution."""
        events = self._events if self._packed is None else _unpacked(self._packed)
        ordered = events[::-1] if newest_first else events[:]
        return ordered if include_data else [without_data(event) for event in ordered]


def _unpacked(packed: bytes) -> list[Event]:
    events: list[dict[str, Any]] = json.loads(zlib.decompress(packed))
    for event in events:
        event["timestamp"] = datetime.fromisoformat(event["timestamp"])
    return list[Event](events)


def details_member(kind: str) -> str:
    """The member of HistoryEvent that holds the details of a type of event."""
    for passage in ("StateEntered", "StateExited"):
        if kind.endswith(passage):
            kind = passage
    if kind.startswith("MapIteration"):
        return f"mapIteration{kind.removeprefix('MapIteration')}EventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def without_data(event: Event) -> Event:
    """An event stripped of inputs, outputs and variables."""
    member = details_member(event["type"])
    if member not in event:
        return event
    kept = {key: item for key, item in event[member].items() if key not in _EXECUTION_DATA}
    return {**event, member: kept}


def state_entered(name: str, input_text: str) -> Mapping[str, Any]:
    """Details of a StateEntered event."""
    return {"name": name, "input": input_text, "inputDetails": NOT_TRUNCATED}


def state_exited(name: str, output_text: str, assigned: Mapping[str, str]) -> Mapping[str, Any]:
    """Details of a StateExited event; ``assigned`` holds JSON texts."""
    details = {"name": name, "output": output_text, "outputDetails": NOT_TRUNCATED}
    if not assigned:
        return details
    return {
        **details,
        "assignedVariables": assigned,
        "assignedVariablesDetails": NOT_TRUNCATED,
    }


def failure(error: str | None, cause: str | None) -> dict[str, str]:
    """Details of any event that reports a failure; AWS cuts neither short of its limits.

    An empty cause, such as a timeout's, is left out, as recorded for LocalStack's
    test_invoke_timeout.
    """
    named = {"error": error and error[:256], "cause": cause and cause[:32_768]}
    return {key: value for key, value in named.items() if value}
