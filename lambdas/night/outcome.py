"""How a night ended that did not succeed, told by its status event and its history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from lineage.facts import Document, Failure
from night.document import Execution, run_id

_ENDS = {"ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"}
# What these do is about a step, and none itself.
_ROUTING = {"ClassifyFailure", "RetryOrFail", "BackOff", "ResumeJob", "FailNight"}


@dataclass(frozen=True)
class Ended:
    """The end of an execution that did not succeed, or of one of its redrives.

    A later redrive changes what DescribeExecution says, but not this.
    """

    execution_arn: str
    workflow: str
    status: str
    started_at: datetime
    ended_at: datetime
    redrive_count: int

    @classmethod
    def parse(cls, detail: Mapping[str, Any]) -> Self:
        """Read the detail of a "Step Functions Execution Status Change" event."""
        return cls(
            execution_arn=detail["executionArn"],
            workflow=detail["stateMachineArn"].rsplit(":", 1)[1],
            status=detail["status"],
            started_at=_instant(detail["startDate"]),
            ended_at=_instant(detail["stopDate"]),
            redrive_count=detail.get("redriveCount") or 0,
        )


@dataclass
class _Reading:
    """What the history has told so far."""

    given: Any = None
    step: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    cause: str = ""


def failure_of(ended: Ended, history: Iterable[Mapping[str, Any]]) -> Failure | None:
    """The facts of a failed night; None if its input names no data date, so that it is none.

    Args:
        ended: Which end of the execution.
        history: Its events, oldest first.
    """
    reading = _Reading()
    for event in _until(history, ended.redrive_count):
        _take(reading, event)
    data_date = _data_date(reading.given)
    if data_date is None:
        return None
    night: Document | None = reading.variables.get("night")
    return Failure(
        run_id=night["RunId"] if night else run_id(data_date, _execution(ended)),
        data_date=data_date,
        execution_arn=ended.execution_arn,
        workflow=ended.workflow,
        redrive_count=ended.redrive_count,
        status=ended.status,
        step=reading.step,
        error=reading.error,
        cause=_told(reading.cause),
        ended_at=ended.ended_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        night=night,
    )


def _until(history: Iterable[Mapping[str, Any]], redrive_count: int) -> Iterator[Mapping[str, Any]]:
    """The events up to the end of that redrive: another may have begun since."""
    ends = 0
    for event in history:
        yield event
        ends += event["type"] in _ENDS
        if ends > redrive_count:
            return


def _take(reading: _Reading, event: Mapping[str, Any]) -> None:
    if "executionStartedEventDetails" in event:
        reading.given = _json(event["executionStartedEventDetails"].get("input"))
    elif "stateEnteredEventDetails" in event:
        name = event["stateEnteredEventDetails"]["name"]
        reading.step = reading.step if name in _ROUTING else name
    elif "stateExitedEventDetails" in event:
        assigned = event["stateExitedEventDetails"].get("assignedVariables", {})
        reading.variables |= {name: _json(text) for name, text in assigned.items()}
    elif event["type"] in _ENDS:
        kind = event["type"].removeprefix("Execution")
        details = event.get(f"execution{kind}EventDetails", {})
        reading.error, reading.cause = details.get("error", ""), details.get("cause", "")


def _told(cause: str) -> str:
    """What a person needs of a cause, be it a function's error document or a job's description."""
    document = _json(cause)
    if not isinstance(document, dict):
        return cause
    members = ("errorMessage", "ExitMessage", "FailureReason")
    return next((str(document[name]) for name in members if document.get(name)), cause)


def _data_date(given: object) -> str | None:
    text = given.get("DataDate") if isinstance(given, dict) else None
    try:
        return datetime.strptime(str(text), "%Y-%m-%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return None


def _execution(ended: Ended) -> Execution:
    """As PrepareNight would have been told of it, had it answered."""
    started = ended.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Execution(ended.execution_arn, started, ended.workflow)


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _json(text: str | None) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return json.loads(text or "null")
    except ValueError:
        return None
