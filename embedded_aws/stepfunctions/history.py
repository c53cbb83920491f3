"""The event history of an execution, in the form that GetExecutionHistory returns it.

Event types, ids and previous ids follow histories recorded from AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from embedded_aws.stepfunctions.documents import Json, dumps

Event = Mapping[str, Any]
MAX_EVENTS = 25_000
NOT_TRUNCATED = {"truncated": False}
_EXECUTION_DATA = {
    "input", "inputDetails", "output", "outputDetails",
    "assignedVariables", "assignedVariablesDetails",
}  # fmt: skip


class History:
    """Appends events with rising ids; callers hold the execution's lock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._events: list[Event] = []

    def append(
        self, kind: str, previous_id: int, details: Mapping[str, Any] | None = None
    ) -> Event:
        """Add an event; its id is one more than the last one's."""
        event: dict[str, Any] = {
            "timestamp": self._now(),
            "type": kind,
            "id": len(self._events) + 1,
            "previousEventId": previous_id,
        }
        if details is not None:
            event[details_member(kind)] = details
        self._events.append(event)
        return event

    def __len__(self) -> int:
        """How many events there are."""
        return len(self._events)

    def events(self, *, newest_first: bool, include_data: bool) -> Sequence[Event]:
        """All events, with or without the data that passed through the execution."""
        ordered = self._events[::-1] if newest_first else self._events[:]
        return ordered if include_data else [without_data(event) for event in ordered]


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


def state_exited(name: str, output_text: str, assigned: Mapping[str, Json]) -> Mapping[str, Any]:
    """Details of a StateExited event."""
    details = {"name": name, "output": output_text, "outputDetails": NOT_TRUNCATED}
    if not assigned:
        return details
    variables = {key: dumps(value) for key, value in assigned.items()}
    return {
        **details,
        "assignedVariables": variables,
        "assignedVariablesDetails": NOT_TRUNCATED,
    }


def failure(error: str | None, cause: str | None) -> dict[str, str]:
    """Details of any event that reports a failure; AWS cuts neither short of its limits.

    An empty cause, such as a timeout's, is left out, as recorded for LocalStack's
    test_invoke_timeout.
    """
    named = {"error": error and error[:256], "cause": cause and cause[:32_768]}
    return {key: value for key, value in named.items() if value}
