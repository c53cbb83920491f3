"""How a night ended that did not succeed, told by its status event and its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from lineage.facts import Document, Failure, iso_time
from night.document import Execution, run_id
from night.history import Reading, parsed


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


def failure_of(ended: Ended, history: Iterable[Mapping[str, Any]]) -> Failure | None:
    """The facts of a failed night; None if its input names no data date, so that it is none.

    Args:
        ended: Which end of the execution.
        history: Its events, oldest first.

    Raises:
        HistoryNotReady: they do not show that end yet.
    """
    reading = Reading.of(history, ended.redrive_count)
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
        cause=told(reading.cause),
        ended_at=iso_time(ended.ended_at),
        night=night,
    )


def told(cause: str) -> str:
    """What a person needs of a cause, be it a function's error document or a job's description."""
    document = parsed(cause)
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
