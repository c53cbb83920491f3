"""Every state, every way to fail: the night ends where the policy says, and nine things hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.machine.replayed.cells import (
    JOBS,
    ORDER,
    RAISES,
    Cell,
    raising,
    rejecting,
    rounds,
)
from tests.machine.replayed.nine import NINE, violations
from tests.machine.replayed.runs import Found, Observer, live
from tests.machine.replayed.ways import JOB_WAYS, STATES, ways_of
from tests.soak.nights import Nights, scheduled

pytestmark = pytest.mark.slow

WITHOUT_DATA = date(2027, 9, 29)
"""Nothing that a night reads is there before or after any other one of these tests."""
FIRST, APART = date(2027, 10, 4), timedelta(days=7)
RAISED = JOB_WAYS["code"].error
FAILED = {"TaskFailed", "TaskTimedOut"}
LADDER = ["ml.m5.xlarge", "ml.m5.2xlarge", "ml.c5.2xlarge", "ml.c5.2xlarge"]
"""Of the four tries, the last of which stays where the ladder ends."""
BACK_OFFS = [timedelta(seconds=seconds) for seconds in (60, 120, 240)]


ROUNDS = list(rounds())
RAISING, FAILING = raising()
TROUBLES = [trouble for each in (*ROUNDS, RAISING, rejecting()) for trouble in each if trouble.ways]
CELLS = {cell: trouble for trouble in TROUBLES for cell in trouble.cells}


@pytest.fixture(scope="module")
def matrix(replayed: Nights) -> Mapping[Cell, Found]:
    """What was found after the run of every cell."""
    found = dict[Cell, Found]()
    for number, troubles in enumerate(ROUNDS):
        found |= live(replayed, FIRST + number * APART, troubles)
    day = FIRST + len(ROUNDS) * APART
    found |= live(replayed, day, RAISING, [FAILING])
    return found | live(replayed, day + APART, rejecting(), passes=False)


def failures(found: Found, state: str) -> list[str]:
    """What the tries of a state failed of in a run."""
    current, errors = "", []
    for event in found.run:
        current = event.get("stateEnteredEventDetails", {}).get("name", current)
        if event["type"] in FAILED and current == state:
            (details,) = (event[key] for key in event if key.endswith("EventDetails"))
            errors.append(details.get("error", "States.Timeout"))
    return errors


@pytest.mark.parametrize("cell", [it for it in CELLS if not it.passes], ids=lambda it: it.name)
def test_what_does_not_pass_ends_the_night_by_name_when_its_tries_are_over(
    matrix: Mapping[Cell, Found], cell: Cell
) -> None:
    """Of ways that have one budget, the last."""
    found, expected = matrix[cell], CELLS[cell].failures(passes=False)
    ended = (found.execution["status"], found.execution.get("error"))
    assert ended == ("FAILED", ways_of(cell.state)[expected[-1]].error)
    assert len(failures(found, cell.state)) == len(expected)
    assert [name for name in found.fired if name.startswith(f"{cell.name} ")]


@pytest.mark.parametrize("cell", [it for it in CELLS if it.passes], ids=lambda it: it.name)
def test_what_passes_in_time_costs_tries_and_no_night(
    matrix: Mapping[Cell, Found], cell: Cell
) -> None:
    """The run goes on behind the state, to its end or to what befalls another state."""
    found = matrix[cell]
    # What FailNight raises in the end is what it is for.
    tries = [it for it in failures(found, cell.state) if (cell.state, it) != (RAISES, RAISED)]
    assert len(tries) == len(CELLS[cell].failures(passes=True))
    assert [name for name in found.fired if name.startswith(f"{cell.name} ")]
    exited = [it.get("stateExitedEventDetails", {}).get("name") for it in found.run]
    assert cell.state in exited


@pytest.mark.parametrize("cell", CELLS, ids=lambda it: it.name)
def test_all_nine_invariants_hold(matrix: Mapping[Cell, Found], cell: Cell) -> None:
    assert violations(matrix[cell]) == {}


def test_every_task_of_the_machine_has_its_cells() -> None:
    """A state that is new to the machine has to be given some, or this fails."""
    tasks = {name for name, state in STATES.items() if state["Type"] == "Task"}
    assert tasks == {*ORDER, RAISES}
    types = {state["Type"] for state in STATES.values()}
    assert types <= {"Task", "Choice", "Pass", "Wait", "Succeed"}


@pytest.mark.parametrize("state", [*ORDER, RAISES])
def test_no_cell_of_a_state_is_skipped(state: str) -> None:
    shown = {(cell.way, cell.passes) for cell in CELLS if cell.state == state}
    ways = ways_of(state).items()
    passing = {(name, True) for name, way in ways if way.retries}
    assert shown == passing | {(name, False) for name, _ in ways}


def test_every_night_comes_to_its_end(matrix: Mapping[Cell, Found]) -> None:
    assert matrix.keys() == CELLS.keys()


def asked(found: Found, state: str) -> list[Any]:
    """What a state's calls were in a run."""
    current, calls = "", []
    for event in found.run:
        current = event.get("stateEnteredEventDetails", {}).get("name", current)
        if event["type"] == "TaskScheduled" and current == state:
            calls.append(json.loads(event["taskScheduledEventDetails"]["parameters"]))
    return calls


def instance_types(found: Found, state: str) -> list[str]:
    clusters = [
        it.get("ResourceConfig") or it["ProcessingResources"]["ClusterConfig"]
        for it in asked(found, state)
    ]
    return [cluster["InstanceType"] for cluster in clusters]


@pytest.mark.parametrize("state", JOBS)
def test_only_lost_capacity_walks_the_ladder_and_stays_on_its_last_rung(
    matrix: Mapping[Cell, Found], state: str
) -> None:
    assert instance_types(matrix[Cell(state, "capacity", passes=False)], state) == LADDER
    assert instance_types(matrix[Cell(state, "instance", passes=False)], state) == LADDER[:1] * 4


@pytest.mark.parametrize("state", JOBS)
def test_back_offs_double(matrix: Mapping[Cell, Found], state: str) -> None:
    run = matrix[Cell(state, "instance", passes=False)].run
    entered = [it["timestamp"] for it in run if it["type"] == "WaitStateEntered"]
    left = [it["timestamp"] for it in run if it["type"] == "WaitStateExited"]
    waits = [end - start for start, end in zip(entered, left, strict=True)]
    # The clock runs while work goes on: no wait is shorter, each may be a little longer.
    over = [wait - least for wait, least in zip(waits, BACK_OFFS, strict=True)]
    assert all(timedelta() <= it < timedelta(seconds=30) for it in over), waits


@pytest.mark.parametrize("state", JOBS)
def test_jobs_of_which_nobody_heard_are_stopped_before_they_begin(
    matrix: Mapping[Cell, Found], state: str
) -> None:
    """By record_outcome where the night ends of it, else by the state that records the job."""
    way = "lost answer"
    ended = matrix[Cell(state, way, passes=False)]
    names = [next(it[key] for key in it if key.endswith("JobName")) for it in asked(ended, state)]
    assert [ended.jobs[name] for name in names] == ["Stopped"] * 6
    passed = matrix[Cell(state, way, passes=True)]
    names = [next(it[key] for key in it if key.endswith("JobName")) for it in asked(passed, state)]
    assert [passed.jobs[name] for name in names] == [*["Stopped"] * 5, "Completed"]


TAMPERED: Mapping[str, Mapping[str, Any]] = {
    "1 deployed, registered, passed": {"packages": []},
    "2 whole before it is deployed": {"findings": ["the record is not the one that was noted"]},
    "3 written again, the same": {"associations": []},
    "4 no other night's data": {"artifacts": []},
    "5 names legal and new": {"jobs": {"stray": "Completed"}},
    "6 once": {"jobs": {"stray": "InProgress"}},
    "7 nothing waits for ever": {"execution": {"status": "RUNNING"}},
    "8 one answer to asof": {"served": {"Endpoints": [{"EndpointName": "one"}] * 2}},
    "9 every call is allowed": {"denied": ["the role may not"]},
}


@pytest.mark.parametrize("invariant", NINE)
def test_each_invariant_tells_when_it_does_not_hold(
    matrix: Mapping[Cell, Found], invariant: str
) -> None:
    last = next(it for it in matrix.values() if it.execution["status"] == "SUCCEEDED")
    members = dict(TAMPERED[invariant])
    if "execution" in members:
        members["execution"] = {**last.execution, **members["execution"]}
    assert invariant in violations(replace(last, **members))


def test_a_night_without_data_ends_by_name_and_a_redrive_finds_what_came_late(
    replayed: Nights,
) -> None:
    """The third outcome that a night can have: nothing is begun, so nothing is left."""
    replayed.wait_until(scheduled(WITHOUT_DATA))
    observer, began = Observer(replayed, WITHOUT_DATA), replayed.aws.clock.now()
    arn = replayed.start(WITHOUT_DATA)
    replayed.settle()
    empty = observer.look(arn, began)
    assert (empty.execution["status"], empty.execution["error"]) == ("FAILED", "MissingPartitions")
    replayed.deliver(WITHOUT_DATA)
    began = replayed.aws.clock.now()
    replayed.client("stepfunctions").redrive_execution(executionArn=arn)
    replayed.settle()
    late = observer.look(arn, began)
    assert late.execution["status"] == "SUCCEEDED"
    assert (violations(empty), violations(late)) == ({}, {})


def test_jobs_that_last_longer_than_they_may_end_the_night_untried(replayed: Nights) -> None:
    """SageMaker stops them; of a processing job it does not say why."""
    data_date = date(2027, 8, 21)
    replayed.deliver(data_date)
    replayed.wait_until(scheduled(data_date))
    observer, began = Observer(replayed, data_date), replayed.aws.clock.now()
    arn = replayed.start(data_date)
    for state in JOBS:
        replayed.settle()
        found = observer.look(arn, began)
        told = (found.execution["status"], found.execution["error"], len(asked(found, state)))
        assert told == ("FAILED", "JobOverran", 1)
        assert violations(found) == {}
        began = replayed.aws.clock.now()
        replayed.client("stepfunctions").redrive_execution(executionArn=arn)
    replayed.settle()
    assert replayed.describe(arn)["status"] == "SUCCEEDED"
