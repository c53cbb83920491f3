"""Facts of the state machine's definition that no run would show in time."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import jsonata
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from docs.generate import DEFINITION, ROOT
from embedded_aws.cloudformation.template import parse
from tests.template.checks.expressions import plain

TEXT = DEFINITION.read_text()
MACHINE: dict[str, Any] = yaml.load(TEXT, yaml.CSafeLoader)
STATES: dict[str, dict[str, Any]] = MACHINE["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
JOBS = {name: state for name, state in TASKS.items() if state["Resource"].endswith(".sync")}
RECORDERS = tuple(name for name in TASKS if name.startswith("Record"))
PENDING_SECONDS_OF_PROCESSING = 1800
STOPPING_SECONDS = 900
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")
TEMPLATE: dict[str, Any] = parse((ROOT / "template.yaml").read_text())


@pytest.mark.parametrize("name", TASKS)
def test_no_task_waits_for_ever(name: str) -> None:
    assert 0 < TASKS[name]["TimeoutSeconds"] < MACHINE["TimeoutSeconds"]


@pytest.mark.parametrize(
    "name", [name for name, state in TASKS.items() if state["Resource"].endswith("lambda:invoke")]
)
def test_a_state_outlasts_its_function(name: str) -> None:
    """Else the state gives up first, by a timeout that no retrier matches."""
    function = TASKS[name]["Arguments"]["FunctionName"].removeprefix("${").removesuffix("Arn}")
    default = TEMPLATE["Globals"]["Function"]["Timeout"]
    timeout = TEMPLATE["Resources"][function]["Properties"].get("Timeout", default)
    assert TASKS[name]["TimeoutSeconds"] > timeout


@pytest.mark.parametrize("name", JOBS)
def test_a_job_ends_by_itself_before_its_state_does(name: str) -> None:
    """Else a paid job would run on after the night has failed."""
    condition = plain(JOBS[name]["Arguments"])["StoppingCondition"]
    pending = condition.get("MaxPendingTimeInSeconds", PENDING_SECONDS_OF_PROCESSING)
    longest = condition["MaxRuntimeInSeconds"] + pending + STOPPING_SECONDS
    assert JOBS[name]["TimeoutSeconds"] >= longest


def test_the_machine_outlasts_its_jobs() -> None:
    assert MACHINE["TimeoutSeconds"] > sum(state["TimeoutSeconds"] for state in JOBS.values())


def test_a_night_ends_before_the_next_begins() -> None:
    assert MACHINE["TimeoutSeconds"] < 86_400


@pytest.mark.parametrize("name", JOBS)
def test_no_retrier_can_run_a_failed_job_again(name: str) -> None:
    """States.TaskFailed and States.ALL match a job that failed from its own code or data."""
    matched = {error for retrier in JOBS[name]["Retry"] for error in retrier["ErrorEquals"]}
    assert not matched & {"States.ALL", "States.TaskFailed", "States.Timeout"}


def test_every_substitution_is_given_and_used() -> None:
    given = TEMPLATE["Resources"]["RetrainStateMachine"]["Properties"]["DefinitionSubstitutions"]
    assert set(re.findall(r"\$\{(\w+)\}", TEXT)) == set(given)


def test_only_the_gate_leads_to_the_registry_and_only_the_record_to_deployment() -> None:
    def leading_to(target: str) -> set[str]:
        return {
            name
            for name, state in STATES.items()
            if target in {state.get("Next"), state.get("Default")}
            or any(choice["Next"] == target for choice in state.get("Choices", []))
        }

    assert leading_to("RegisterIfGoodEnough") == {"GateOnAuc"}
    assert leading_to("RecordRegistration") == {"RegisterIfGoodEnough"}
    assert leading_to("TriggerDeploy") == {"RecordRegistration"}


@pytest.mark.parametrize("name", RECORDERS)
def test_what_passes_by_itself_is_retried(name: str) -> None:
    matched = {error for retrier in TASKS[name]["Retry"] for error in retrier["ErrorEquals"]}
    assert matched >= {"LineageNotReady", "LineageUnavailable"}


def name_expression(state: str) -> str:
    """What makes a job's name, which for a training job is part of what makes all of it."""
    arguments = JOBS[state]["Arguments"]
    is_whole = isinstance(arguments, str)
    expression = arguments if is_whole else arguments["ProcessingJobName"]
    written = str(expression).removeprefix("{%").removesuffix("%}").strip()
    return f"{written}.TrainingJobName" if is_whole else written


Tries = tuple[int, int, int]
"""The counts of redrives, of the loop's attempts, and of the state's own retries."""

counts = st.integers(min_value=0, max_value=99)
tries = st.tuples(st.integers(min_value=0, max_value=999), counts, counts)
stack_names = st.from_regex(r"[a-z](-?[a-z0-9]){0,19}", fullmatch=True).filter(
    lambda name: len(name) <= 20
)


@pytest.mark.slow
@given(stack_names, st.dates(), st.binary(min_size=4, max_size=4), tries)
@pytest.mark.parametrize("state", JOBS)
def test_job_names_are_legal(  # drawn by Hypothesis
    state: str, stack: str, date: Any, digest: bytes, tried: Tries
) -> None:
    name = evaluate(state, stack, f"{date:%Y%m%d}-{digest.hex()}", tried)
    assert JOB_NAME.fullmatch(name)
    assert name == name.lower()


def test_job_names_differ_over_state_run_redrive_attempt_and_retry() -> None:
    names = [
        evaluate(state, "stack", run, tried)
        for state in JOBS
        for run in ("20261121-aaaaaaaa", "20261121-bbbbbbbb")
        for tried in product((0, 1, 11), repeat=3)
    ]
    assert len(set(names)) == len(names)


def evaluate(state: str, stack: str, run_id: str, tried: Tries) -> str:
    redrives, attempt, retries = tried
    compiled = jsonata.Jsonata(name_expression(state).replace("${JobPrefix}", stack))
    frame = compiled.create_frame()
    frame.bind("night", {"RunId": run_id})
    frame.bind("tries", {"Attempt": attempt})
    context = {"Execution": {"RedriveCount": redrives}, "State": {"RetryCount": retries}}
    frame.bind("states", {"context": context})
    return str(compiled.evaluate(None, frame))
