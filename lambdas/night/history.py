"""What the history of an execution tells about one of its ends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from night.errors import HistoryNotReady

_ENDS = {"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}
# What these do is about a step, and none itself.
_ROUTING = {"ClassifyFailure", "RetryOrFail", "BackOff", "ResumeJob", "FailNight"}


@dataclass
class Reading:
    """An execution up to one of its ends.

    Attributes:
        given: Its input.
        step: The last state that it entered.
        variables: As the states assigned them.
    """

    given: Any = None
    step: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    cause: str = ""

    @classmethod
    def of(cls, history: Iterable[Mapping[str, Any]], redrive_count: int) -> Self:
        """Read the events, oldest first, up to the end of that redrive.

        Raises:
            HistoryNotReady: they do not show that end yet.
        """
        reading = cls()
        for event in _until(history, redrive_count):
            reading._take(event)
        return reading

    def _take(self, event: Mapping[str, Any]) -> None:
        if "executionStartedEventDetails" in event:
            self.given = parsed(event["executionStartedEventDetails"].get("input"))
        elif "stateEnteredEventDetails" in event:
            name = event["stateEnteredEventDetails"]["name"]
            self.step = self.step if name in _ROUTING else name
        elif "stateExitedEventDetails" in event:
            assigned = event["stateExitedEventDetails"].get("assignedVariables", {})
            self.variables |= {name: parsed(text) for name, text in assigned.items()}
        elif event["type"] in _ENDS:
            kind = event["type"].removeprefix("Execution")
            details = event.get(f"execution{kind}EventDetails", {})
            self.error, self.cause = details.get("error", ""), details.get("cause", "")


def _until(history: Iterable[Mapping[str, Any]], redrive_count: int) -> Iterator[Mapping[str, Any]]:
    """The events up to the end of that redrive: another may have begun since."""
    ends = 0
    for event in history:
        yield event
        ends += event["type"] in _ENDS
        if ends > redrive_count:
            return
    # Nobody promises that the history is there when the status event comes, and what is recorded
    # without error and cause stays so: Lambda invokes an asynchronous function again.
    raise HistoryNotReady(
        f"The history shows {ends} ends, and redrive {redrive_count} has ended: read it again"
    )


def events_of(stepfunctions: Any, execution_arn: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401  # boto3 client
    """All events of an execution, oldest first."""
    pages = stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution_arn, includeExecutionData=True, maxResults=1000
    )
    for page in pages:
        yield from page["events"]


def parsed(text: str | None) -> Any:  # noqa: ANN401  # any JSON value
    """A JSON value; None if there is no text, or if it is none."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return None
