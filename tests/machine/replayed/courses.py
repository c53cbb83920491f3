"""The courses that rollouts to production take when calls of their machine go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from docs.generate import ROLLOUT_DEFINITION

MACHINE: Mapping[str, Any] = yaml.load(ROLLOUT_DEFINITION.read_text(), yaml.CSafeLoader)
STATES: Mapping[str, Any] = MACHINE["States"]
TASKS = tuple(name for name, state in STATES.items() if state["Type"] == "Task")
ONCE, FOR_LONG, LOST = "refused once", "refused beyond its tries", "answer lost"
SLOWLY = "refused for ten minutes"
CALLS = {ONCE: {"first": 1}, LOST: {"first": 1}, SLOWLY: {"first": 20}}
WRITES = {
    "RecordRollout",
    "CreateModel",
    "CreateEndpointConfig",
    "CreateEndpoint",
    "UpdateEndpoint",
    "RestoreEndpoint",
    "RemoveEndpoint",
    "RecordOutcome",
}
"""The states whose call has done something though its answer was lost."""
FOLLOWING = {"RecordOutcome": 60, "RestoreEndpoint": 60, "DescribeRestored": 200}
"""Seconds after which a call is theirs, and no more the one of a state that makes the same."""
SERVED_BEFORE, BROUGHT, NOTHING = "what served before", "what was approved", "nothing"


@dataclass(frozen=True)
class Cell:
    """What befalls the call of a state."""

    state: str
    way: str

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.state} {self.way}"

    @property
    def fault(self) -> dict[str, Any]:
        """What brings it about, in the machine alone."""
        return {
            "name": self.name,
            **_call(self.state),
            "caller": "*RolloutStateMachineRole*",
            "after_seconds": FOLLOWING.get(self.state, 0),
            "effect": {"lose_response": {}} if self.way == LOST else _refusal(self.state),
            **({"calls": CALLS[self.way]} if self.way in CALLS else {}),
        }


@dataclass(frozen=True)
class Course:
    """One rollout that does not go as it should.

    Attributes:
        cells: What befalls it.
        error: What it ends with; empty if it comes through.
        serving: What production has then.
        deployment: The status that lineage has of it; empty if it has none.
        is_first: There is no endpoint before.
        is_slow: Its smoke test takes too long.
        resumes: The earlier course whose rollout is redriven.
    """

    name: str
    cells: tuple[Cell, ...] = ()
    error: str = ""
    serving: str = SERVED_BEFORE
    deployment: str = "Failed"
    is_first: bool = False
    is_slow: bool = False
    resumes: str = ""

    @property
    def faults(self) -> Iterator[dict[str, Any]]:
        """All that strikes."""
        yield from (cell.fault for cell in self.cells)
        if self.is_slow:
            slowly = {"latency": {"seconds": 200, "read_timeout_seconds": 300}}
            yield Cell("SmokeTest", "slow").fault | {"effect": slowly}


def _cells(way: str, *states: str) -> tuple[Cell, ...]:
    return tuple(Cell(state, way) for state in states)


FIRST = (
    Course(
        "an endpoint that cannot be made",
        _cells(FOR_LONG, "CreateEndpoint"),
        "EndpointNotChanged",
        NOTHING,
        is_first=True,
    ),
    Course(
        "a first model that is removed in the second try",
        _cells(ONCE, "CreateEndpoint", "DescribeRestored", "RemoveEndpoint"),
        "SmokeTestFailed",
        NOTHING,
        is_first=True,
        is_slow=True,
    ),
    Course(
        "a first model whose removal is not heard of",
        _cells(LOST, "CreateEndpoint", "RemoveEndpoint"),
        "SmokeTestFailed",
        NOTHING,
        is_first=True,
        is_slow=True,
    ),
    Course(
        "a first model that cannot be removed",
        _cells(FOR_LONG, "RemoveEndpoint"),
        "RollbackFailed",
        BROUGHT,
        is_first=True,
        is_slow=True,
    ),
)
UPDATING = (
    "RecordRollout",
    "CreateModel",
    "CreateEndpointConfig",
    "UpdateEndpoint",
    "RecordOutcome",
)
FURTHER = (
    Course(
        "never prepared",
        _cells(FOR_LONG, "PrepareRollout"),
        "Lambda.ServiceException",
        deployment="",
    ),
    Course(
        "refused once everywhere",
        _cells(ONCE, "PrepareRollout", *UPDATING, "DescribeEndpoint", "SmokeTest", "CheckApproval"),
        serving=BROUGHT,
        deployment="Completed",
    ),
    Course("superseded", resumes="never prepared", deployment=""),
    Course("no answer anywhere", _cells(LOST, *UPDATING), serving=BROUGHT, deployment="Completed"),
    Course("no model", _cells(FOR_LONG, "CreateModel"), "ModelNotCreated"),
    Course(
        "no configuration", _cells(FOR_LONG, "CreateEndpointConfig"), "EndpointConfigNotCreated"
    ),
    Course("no update", _cells(FOR_LONG, "UpdateEndpoint"), "EndpointNotChanged"),
    Course("never described", _cells(FOR_LONG, "DescribeEndpoint"), "EndpointNotReady", BROUGHT),
    Course("never tested", _cells(FOR_LONG, "SmokeTest"), "SmokeTestFailed"),
    Course(
        "approval unknown",
        (Cell("CheckApproval", FOR_LONG), Cell("RestoreEndpoint", ONCE)),
        "ApprovalNotChecked",
    ),
    Course(
        "a return that is not heard of",
        _cells(LOST, "RestoreEndpoint"),
        "SmokeTestFailed",
        is_slow=True,
    ),
    Course(
        "no return",
        _cells(FOR_LONG, "RestoreEndpoint"),
        "RollbackFailed",
        BROUGHT,
        is_slow=True,
    ),
    Course(
        "never described when it is to return",
        _cells(FOR_LONG, "DescribeRestored"),
        "RollbackFailed",
        BROUGHT,
        is_slow=True,
    ),
    Course(
        "its end not recorded by itself",
        _cells(FOR_LONG, "RecordOutcome"),
        "Lambda.ServiceException",
        BROUGHT,
        "Completed",
    ),
    Course(
        "never recorded",
        _cells(FOR_LONG, "RecordRollout"),
        "Lambda.ServiceException",
        deployment="",
    ),
    Course(
        "looked after again in a redrive",
        _cells(ONCE, "LookAgain"),
        serving=BROUGHT,
        deployment="Completed",
        resumes="never recorded",
    ),
    Course(
        "never recorded either",
        _cells(FOR_LONG, "RecordRollout"),
        "Lambda.ServiceException",
        deployment="",
    ),
    Course(
        "not to be seen in a redrive",
        _cells(FOR_LONG, "LookAgain"),
        "EndpointNotChanged",
        resumes="never recorded either",
    ),
)
BAKING = (
    Course("an alarm asked for twice", _cells(ONCE, "AskAlarms"), "AlarmDuringBaking"),
    Course("an alarm not told", _cells(FOR_LONG, "AskAlarms"), "AlarmDuringBaking"),
)
"""On instances, while an alarm rings."""
PATIENT = Course(
    "one that another waits for",
    _cells(SLOWLY, "DescribeEndpoint"),
    serving=BROUGHT,
    deployment="Completed",
)
IMPATIENT = Course("one that waits too long", error="EndpointBusy")
TO_INSTANCES = Course("an untried model onto instances", error="EndpointOfOtherKind")
MOVED = Course("what serves onto instances", serving=BROUGHT, deployment="Completed")
TO_SERVERLESS = Course("from instances to none", error="EndpointOfOtherKind")
COURSES = (*FIRST, *FURTHER, PATIENT, IMPATIENT, TO_INSTANCES, MOVED, *BAKING, TO_SERVERLESS)
CELLS = {cell: course for course in COURSES for cell in course.cells}


def _call(state: str) -> dict[str, Any]:
    """The call that a state makes, as a fault names it."""
    resource = STATES[state]["Resource"]
    if resource.endswith("lambda:invoke"):
        named = re.fullmatch(r"\$\{(\w+)Arn\}", STATES[state]["Arguments"]["FunctionName"])
        assert named, state
        return {"service": "lambda", "operation": "Invoke", "resource": f"*{named[1]}*"}
    *_, service, operation = resource.split(":")
    return {"service": service, "operation": operation[0].upper() + operation[1:]}


def _refusal(state: str) -> dict[str, Any]:
    code = "ServiceException" if _call(state)["service"] == "lambda" else "InternalFailure"
    return {"error": {"code": code, "message": "scripted", "status": 500}}
