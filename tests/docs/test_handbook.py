"""A bad morning has one page, and whatever name it begins with stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from docs.generate import DEFINITION, ROLLOUT_DEFINITION, ROOT
from tests.docs.error_names import made, matched, raised
from tests.template.project import project

PAGE = (ROOT / "docs" / "operations.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
# Of executions that end without an error, and of errors that Step Functions itself raises
# (Developer Guide, "Handling errors in Step Functions workflows").
OF_STEP_FUNCTIONS = {
    "TIMED_OUT",
    "ABORTED",
    "States.Runtime",
    "States.QueryEvaluationError",
    "States.DataLimitExceeded",
}


def listed() -> Iterator[str]:
    for first, *_ in ROWS:
        yield from re.findall(r"`([^`]+)`", first)


def alarms() -> set[str]:
    return set(project().of_type("AWS::CloudWatch::Alarm"))


def row(name: str) -> str:
    return next(" | ".join(cells) for cells in ROWS if f"`{name}`" in cells[0])


@pytest.mark.parametrize(
    ("names", "one"),
    [
        (set(raised()), "MissingPartitions"),
        (set(matched()), "Sandbox.Timedout"),
        (set(made()), "AlarmDuringBaking"),
        (alarms(), "NightFailedAlarm"),
    ],
    ids=["that functions and jobs raise", "that machines match", "that machines make", "of alarms"],
)
def test_every_name_has_a_row(names: set[str], one: str) -> None:
    assert one in names
    assert names - set(listed()) == set()


def test_the_ways_to_succeed_without_what_was_wanted_are_told() -> None:
    states = yaml.safe_load(ROLLOUT_DEFINITION.read_text())["States"]
    ends = {name for name, state in states.items() if state["Type"] == "Succeed"} - {"RolledOut"}
    assert ends
    assert {name for name in ends if f"`{name}`" not in PAGE} == set()


def test_no_row_is_of_a_name_that_nobody_gives() -> None:
    known = {*raised(), *matched(), *made(), *alarms(), *OF_STEP_FUNCTIONS}
    assert set(listed()) - known == set()


def test_no_name_has_two_rows() -> None:
    names = list(listed())
    assert sorted(set(names)) == sorted(names)


def test_the_page_says_of_a_failed_job_what_the_night_itself_advises() -> None:
    """The commands at least: an advice in the machine that changes changes the row."""
    prepared = yaml.safe_load(DEFINITION.read_text())["States"]["PrepareNight"]["Assign"]
    for entry in prepared["failurePolicy"]:
        commands = re.findall(r"nightly (redrive|rerun)", entry["Advice"])
        told = row(entry["Class"])
        assert [it for it in commands if it not in told] == [], entry["Class"]


def test_the_pages_say_how_long_a_night_may_take() -> None:
    hours = yaml.safe_load(DEFINITION.read_text())["TimeoutSeconds"] // 3600
    assert f"| the night | {hours} h, " in (ROOT / "docs" / "failures.md").read_text()


def test_every_alarm_says_where_it_is_explained() -> None:
    described = {name: it["Properties"] for name, it in project().resources.items()}
    for name in alarms():
        assert described[name]["AlarmDescription"].endswith(f"See docs/operations.md, {name}.")
