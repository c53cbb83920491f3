"""A night as its Step Functions history tells it; nothing else is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lineage.champion import Comparison
from ops import champion

Event = Mapping[str, Any]
_FAILURE_DETAILS = (
    "taskFailedEventDetails",
    "taskTimedOutEventDetails",
    "executionFailedEventDetails",
    "executionAbortedEventDetails",
    "executionTimedOutEventDetails",
)
_FAILED_TASKS = {"TaskFailed", "TaskTimedOut"}
_WHY = re.compile(r"\bError Code: (\w+)|\b(?:Runtime exited with error: )(signal: \w+)")
_ROUTING = {"ClassifyFailure", "RetryOrFail", "BackOff", "ResumeJob", "FailNight"}
"""States that lead from a failure to the next try; what was tried is a step, they are none."""


@dataclass(frozen=True)
class Step:
    """One state that the night entered, once or several times.

    Attributes:
        seconds: Spent in it over all times, without the waits between them.
        failures: What each attempt failed of, oldest first: the class that the machine found, or
            the error's name where it retried without asking.
    """

    name: str
    seconds: float | None
    retries: int
    failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Night:
    """One execution of the retrain machine.

    Attributes:
        data_date: From the execution's input; empty when that has none.
        seconds: That it worked: without the time between its failures and their redrives. None as
            long as it runs.
        steps: In the order in which they were first entered.
        retries: Tasks scheduled again, over all steps.
        error: Name and cause of what ended a night that did not succeed, on one line.
        compared: With the model in production; None if none served, or none was met yet.
        reason: Why the gate rejected the model, if it did.
    """

    execution_arn: str
    name: str
    status: str
    data_date: str
    started: datetime
    seconds: float | None
    auc: float | None
    decision: str
    package_arn: str
    steps: tuple[Step, ...]
    error: str = ""
    compared: Comparison | None = None
    reason: str = ""

    @property
    def retries(self) -> int:
        """Tasks scheduled again, over all steps."""
        return sum(step.retries for step in self.steps)

    @property
    def package_version(self) -> int | None:
        """The version that the night registered, if it did."""
        return int(self.package_arn.rsplit("/", 1)[1]) if self.package_arn else None


@dataclass
class _Stay:
    entered: datetime
    exited: datetime | None = None


@dataclass
class _Visit:
    stays: list[_Stay] = field(default_factory=list)
    scheduled: int = 0
    failures: list[str] = field(default_factory=list)
    output: Any = None


@dataclass
class _Reading:
    visits: dict[str, _Visit] = field(default_factory=dict)
    current: str = ""
    given: Any = None
    pinned: Any = None
    error: str = ""
    last: datetime | None = None
    idle_seconds: float = 0.0


def read(execution: Mapping[str, Any], history: Iterable[Event]) -> Night:
    """Tell a night from an item of ListExecutions and its history, oldest event first."""
    reading = _Reading()
    for event in history:
        _take_time(reading, event)
        _take(reading, event)
    lasted = _seconds(execution["startDate"], execution.get("stopDate"))
    outputs = {name: visit.output for name, visit in reading.visits.items()}
    status, auc = execution["status"], outputs.get("ReadAuc")
    return Night(
        execution_arn=execution["executionArn"],
        name=execution["name"],
        status=status,
        data_date=_member(reading.given, "DataDate", ""),
        started=execution["startDate"],
        seconds=None if lasted is None else lasted - reading.idle_seconds,
        auc=_member(auc, "Auc", None),
        decision=_decision(reading.visits, status),
        package_arn=_member(outputs.get("RegisterIfGoodEnough"), "PackageArn", ""),
        steps=tuple(
            _step(name, visit) for name, visit in reading.visits.items() if name not in _ROUTING
        ),
        error=reading.error if status not in {"RUNNING", "SUCCEEDED"} else "",
        compared=champion.parse(reading.pinned, _member(auc, "Champion", None)),
        reason=_member(outputs.get("NightRejected"), "Reason", ""),
    )


def _take_time(reading: _Reading, event: Event) -> None:
    """A redrive comes hours or days after the failure that is the last event before it."""
    if event["type"] == "ExecutionRedriven" and reading.last is not None:
        reading.idle_seconds += (event["timestamp"] - reading.last).total_seconds()
    reading.last = event["timestamp"]


def _take(reading: _Reading, event: Event) -> None:
    if "executionStartedEventDetails" in event:
        reading.given = _json(event["executionStartedEventDetails"].get("input"))
    elif "stateEnteredEventDetails" in event:
        reading.current = event["stateEnteredEventDetails"]["name"]
        visit = reading.visits.setdefault(reading.current, _Visit())
        visit.stays.append(_Stay(event["timestamp"]))
    elif "stateExitedEventDetails" in event:
        details = event["stateExitedEventDetails"]
        visit = reading.visits[details["name"]]
        visit.stays[-1].exited = event["timestamp"]
        visit.output = _json(details.get("output"))
        assigned = details.get("assignedVariables", {})
        _take_class(reading, _json(assigned.get("failure")))
        reading.pinned = _member(_json(assigned.get("night")), "Champion", reading.pinned)
    elif event["type"] == "TaskScheduled":
        reading.visits[reading.current].scheduled += 1
    else:
        _take_failure(reading, event)


def _take_failure(reading: _Reading, event: Event) -> None:
    for name in _FAILURE_DETAILS:
        if name in event:
            error, cause = event[name].get("error", ""), event[name].get("cause", "")
            reading.error = _one_line(error, cause) or reading.error
            _leave(reading, event["timestamp"])
            if event["type"] in _FAILED_TASKS:
                reading.visits[reading.current].failures.append(_named(error, cause))


def _named(error: str, cause: str) -> str:
    """The error's name, and what AWS's own text adds to it: all of these share their names."""
    found = _WHY.search(cause)
    return f"{error} ({found[1] or found[2]})" if found else error


def _take_class(reading: _Reading, failure: object) -> None:
    """The machine has found the class of a job's failure, of which only the error was known."""
    name, step = _member(failure, "Class", ""), _member(failure, "Step", "")
    if name and reading.visits[step].failures:
        reading.visits[step].failures[-1] = name


def _leave(reading: _Reading, when: datetime) -> None:
    """A state that fails is never exited: its time ends with the last failure in it."""
    visit = reading.visits.get(reading.current)
    if visit is not None:
        visit.stays[-1].exited = when


def _one_line(error: str, cause: str) -> str:
    """The error's name and what a person needs of its cause.

    A failed job's cause is its description as JSON: the exit message, or else the failure
    reason, says why, and the job's name tells more than States.TaskFailed. A function's is its
    error document.
    """
    described = _json(cause)
    job = [_member(described, f"{kind}JobName", "") for kind in ("Processing", "Training")]
    for name in ("ExitMessage", "FailureReason", "errorMessage"):
        if _member(described, name, ""):
            return f"{''.join(job) or error}: {described[name]}"
    return f"{error}: {cause}".strip(": ").replace("\n", " ")


def _decision(visits: Mapping[str, _Visit], status: str) -> str:
    if "NightRejected" in visits:
        return "rejected"
    if "RegisterIfGoodEnough" in visits and visits["RegisterIfGoodEnough"].output is not None:
        return "registered"
    return "" if status in {"RUNNING", "SUCCEEDED"} else "none"


def _step(name: str, visit: _Visit) -> Step:
    spent = [_seconds(stay.entered, stay.exited) for stay in visit.stays]
    known = [seconds for seconds in spent if seconds is not None]
    seconds = sum(known) if len(known) == len(spent) else None
    return Step(name, seconds, max(0, visit.scheduled - 1), tuple(visit.failures))


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds()


def _member(document: object, name: str, default: Any) -> Any:  # noqa: ANN401  # any JSON value
    return document.get(name, default) if isinstance(document, dict) else default


def _json(text: str | None) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return json.loads(text or "null")
    except ValueError:
        return None
