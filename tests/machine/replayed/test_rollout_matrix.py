"""Every state of a rollout, every way to fail: a named end, on record, with what serves then."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from docs.generate import ROOT
from tests.machine.replayed.courses import (
    BROUGHT,
    CELLS,
    COURSES,
    FOR_LONG,
    LOST,
    NOTHING,
    ONCE,
    SERVED_BEFORE,
    TASKS,
    WRITES,
    Cell,
    Course,
)
from tests.machine.replayed.plays import POLLS, RETURNING, RETURNS, Plays
from tests.machine.replayed.production import Found
from tests.soak.nights import Nights

pytestmark = pytest.mark.slow

HANDBOOK = (ROOT / "docs" / "operations.md").read_text()
TRIES = 6
TOO_LATE = {"SmokeTestFailed", "ApprovalNotChecked"}
RETURNED = [it for it in COURSES if it.error in TOO_LATE and it.serving != BROUGHT]
UNTESTED = {"EndpointNotReady", "RollbackFailed"}
"""The ends after which the new model serves though nobody has tested it, as the docs say."""


@pytest.fixture(scope="module")
def found(replayed: Nights) -> Mapping[Course, Found]:
    """What became of every course."""
    plays = Plays(replayed)
    with plays.production.standing_clock():
        plays.play()
    return plays.found


by_name = pytest.mark.parametrize("course", COURSES, ids=lambda it: it.name)


@by_name
def test_a_rollout_ends_by_a_name_that_the_handbook_has(
    found: Mapping[Course, Found], course: Course
) -> None:
    end = found[course]
    assert (end.error, end.status) == (course.error, "FAILED" if course.error else "SUCCEEDED")
    assert not course.error or f"`{course.error}`" in HANDBOOK


@by_name
def test_then_serves_what_is_to_serve_and_lineage_says_so(
    found: Mapping[Course, Found], course: Course
) -> None:
    end = found[course]
    wanted = {SERVED_BEFORE: end.before, BROUGHT: end.wanted, NOTHING: None}[course.serving]
    assert end.serving == wanted
    assert end.told.get("EndpointConfigName") == wanted


@by_name
def test_its_deployment_tells_how_it_ended(found: Mapping[Course, Found], course: Course) -> None:
    deployment = found[course].deployment
    assert (deployment["Status"] if deployment else "") == course.deployment
    if deployment and deployment["Status"] == "Failed":
        assert deployment["Properties"]["Reason"].startswith(course.error)


@pytest.mark.parametrize("course", RETURNED, ids=lambda it: it.name)
def test_when_it_had_switched_and_was_back_is_on_record(
    found: Mapping[Course, Found], course: Course
) -> None:
    deployment = found[course].deployment
    assert deployment
    told = deployment["Properties"]
    assert (told["Outcome"], told["SwitchedAt"] < told["RestoredAt"]) == ("RolledBack", True)


@by_name
def test_what_nobody_tested_serves_after_the_ends_alone_that_are_told(
    found: Mapping[Course, Found], course: Course
) -> None:
    end = found[course]
    is_new = end.serving == end.wanted != end.before
    assert not is_new or "CheckApproval" in end.entered or end.error in UNTESTED


@pytest.mark.parametrize("cell", CELLS, ids=lambda it: it.name)
def test_its_call_fails_as_often_as_it_may(found: Mapping[Course, Found], cell: Cell) -> None:
    failed = found[CELLS[cell]].failed[cell.state]
    if cell.way == ONCE:
        assert failed == 1
    elif cell.way == FOR_LONG:
        tries = TRIES * RETURNS if cell.state in RETURNING else TRIES
        assert failed == POLLS.get(cell.state, tries)
    else:
        assert failed >= 1


def test_every_call_of_the_machine_has_its_cells() -> None:
    """A state that is new to the machine has to be given some, or this fails."""
    told = {(cell.state, cell.way) for cell in CELLS}
    wanted = {(state, way) for state in TASKS for way in (ONCE, FOR_LONG)}
    assert told >= wanted | {(state, LOST) for state in WRITES}


def test_what_an_earlier_call_made_is_taken_as_it_is(found: Mapping[Course, Found]) -> None:
    unanswered = found[CELLS[Cell("CreateModel", LOST)]]
    assert {"IsModelThere", "IsEndpointConfigThere"} <= set(unanswered.entered)


def test_a_redrive_that_sees_nothing_says_so(found: Mapping[Course, Found]) -> None:
    cause = found[CELLS[Cell("LookAgain", FOR_LONG)]].cause
    assert "has what SageMaker would not tell (SageMaker.SageMakerException)" in cause
