"""Facts of the rollout machine's definition that no run would show in time."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from docs.generate import ROLLOUT_DEFINITION, ROOT
from embedded_aws.cloudformation.template import parse
from rollout.target import LONGEST_DEPLOYMENT_SECONDS

TEXT = ROLLOUT_DEFINITION.read_text()
MACHINE: dict[str, Any] = yaml.load(TEXT, yaml.CSafeLoader)
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
FUNCTIONS = {name: it for name, it in TASKS.items() if it["Resource"].endswith("lambda:invoke")}
TEMPLATE: dict[str, Any] = parse((ROOT / "template.yaml").read_text())
CLOSING = r"\$polls <|\$not\(\$asked\)|> \$lookedAgain"
"""What a way's condition has that is open so many times only."""
POLLS = {"IsEndpointReady": "AwaitEndpoint", "IsRestored": "AwaitRestored"}


@pytest.mark.parametrize("name", TASKS)
def test_no_task_waits_for_ever(name: str) -> None:
    assert 0 < TASKS[name]["TimeoutSeconds"] < MACHINE["TimeoutSeconds"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_state_outlasts_its_function(name: str) -> None:
    function = FUNCTIONS[name]["Arguments"]["FunctionName"].strip("${}").removesuffix("Arn")
    default = TEMPLATE["Globals"]["Function"]["Timeout"]
    timeout = TEMPLATE["Resources"][function]["Properties"].get("Timeout", default)
    assert TASKS[name]["TimeoutSeconds"] > timeout


def test_every_substitution_is_given_and_used() -> None:
    given = TEMPLATE["Resources"]["RolloutStateMachine"]["Properties"]["DefinitionSubstitutions"]
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == set(given)


def bound(choice: str) -> int:
    """After how many polls a loop is left."""
    wait = POLLS[choice]
    (condition,) = (it["Condition"] for it in STATES[choice]["Choices"] if it["Next"] == wait)
    (polls,) = re.findall(r"and \$polls < (\d+)", condition)
    return int(polls)


def test_every_poll_is_counted_and_every_loop_is_bounded() -> None:
    backwards = {
        (name, choice["Next"])
        for name, state in STATES.items()
        for choice in state.get("Choices", [])
        if STATES[choice["Next"]]["Type"] == "Wait"
    }
    assert backwards == set(POLLS.items())
    assert all(bound(choice) for choice in POLLS)
    for describing in (STATES["DescribeEndpoint"], STATES["DescribeRestored"]):
        assert all("polls" in it["Assign"] for it in (describing, *describing["Catch"]))
    asking = STATES["AskAlarms"]
    assert all(it["Assign"]["asked"] is True for it in (asking, *asking["Catch"]))
    looking = STATES["LookAgain"]
    assert all("lookedAgain" in it["Assign"] for it in (looking, *looking["Catch"]))


def test_no_way_leads_back_but_by_a_choice_that_closes() -> None:
    ahead = {name: set(followers(uncounted(state))) for name, state in STATES.items()}
    while ends := {name for name, followed in ahead.items() if not followed & ahead.keys()}:
        ahead = {name: followed for name, followed in ahead.items() if name not in ends}
    assert not ahead


def uncounted(state: dict[str, Any]) -> dict[str, Any]:
    """A state without the ways that close."""
    ways = state.get("Choices", [])
    open_ways = [it for it in ways if not re.search(CLOSING, it["Condition"])]
    return {**state, "Choices": open_ways}


def test_the_machine_waits_longer_than_sagemaker_takes_to_give_up() -> None:
    seconds = bound("IsEndpointReady") * STATES["AwaitEndpoint"]["Seconds"]
    assert seconds > LONGEST_DEPLOYMENT_SECONDS


def test_the_machine_outlasts_all_its_waits() -> None:
    loops = sum(bound(choice) * STATES[wait]["Seconds"] for choice, wait in POLLS.items())
    (turn,) = (it for it in TASKS["PrepareRollout"]["Retry"] if "EndpointBusy" in it["ErrorEquals"])
    waiting = turn["IntervalSeconds"] * turn["MaxAttempts"]
    assert MACHINE["TimeoutSeconds"] > loops + waiting


def test_the_last_attempt_at_a_turn_is_told_so() -> None:
    """It is refused then, and recorded, where an error would leave no trace in lineage."""
    (turn,) = (it for it in TASKS["PrepareRollout"]["Retry"] if "EndpointBusy" in it["ErrorEquals"])
    told = TASKS["PrepareRollout"]["Arguments"]["Payload"]["LastAttempt"]
    assert f">= {turn['MaxAttempts']} " in told


def test_a_longest_update_is_through_before_sagemaker_gives_up() -> None:
    parameters = TEMPLATE["Parameters"]
    steps = 100 // parameters["ProductionStepPercent"]["MinValue"]
    baking = steps * 60 * parameters["ProductionBakeMinutes"]["MaxValue"]
    assert baking < LONGEST_DEPLOYMENT_SECONDS


def test_nothing_changes_an_endpoint_before_the_rollout_is_on_record() -> None:
    changing = {name for name, it in TASKS.items() if it["Resource"].endswith("Endpoint")}
    assert {"CreateEndpoint", "UpdateEndpoint", "RestoreEndpoint", "RemoveEndpoint"} <= changing
    assert not changing & reachable("PrepareRollout", without="RecordRollout")


def test_every_end_but_superseded_is_recorded_as_an_outcome() -> None:
    ends = {name for name, it in STATES.items() if it["Type"] in {"Succeed", "Fail"}}
    assert reachable("PrepareRollout", without="RecordOutcome") & ends == {"Superseded"}


def reachable(start: str, without: str) -> set[str]:
    """All states that a way leads to that does not enter one of them."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name != without and name not in found:
            found.add(name)
            ahead += followers(STATES[name])
    return found


def followers(state: dict[str, Any]) -> list[str]:
    ways = [*state.get("Choices", []), *state.get("Catch", [])]
    named = [state.get("Next"), state.get("Default"), *(way["Next"] for way in ways)]
    return [name for name in named if name]
