"""The failure policy of the machine: of which class a failure is, and what the class costs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import jsonata
import pytest
import yaml

from docs.generate import DEFINITION
from embedded_aws.sagemaker.jobs.failures import CAPACITY_ERROR, INTERNAL_SERVER_ERROR
from night import history
from ops import night

STATES: dict[str, dict[str, Any]] = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)["States"]
JOBS = {name: state for name, state in STATES.items() if ".sync" in state.get("Resource", "")}
CAUGHT = {name: state for name, state in STATES.items() if "Catch" in state}
POLICY: list[dict[str, Any]] = STATES["PrepareNight"]["Assign"]["failurePolicy"]
NAMED = re.compile(r"'Error': '(\w+)'")
FRESH = {"Attempt": 0, "Rung": 0, "Failures": []}
NOW = "2026-11-22T03:00:00Z"
NOW_MILLISECONDS = 1_795_316_400_000
MINUTE = 60_000
Failure = Mapping[str, Any]


def classified(
    error: str,
    cause: str | None = None,
    tries: Mapping[str, Any] = FRESH,
    policy: Sequence[Mapping[str, Any]] = POLICY,
) -> dict[str, Any]:
    """What ClassifyFailure makes of a failure."""
    failure = {"Step": "TrainXGB", "Error": error, "RedriveCount": 0}
    expression = STATES["ClassifyFailure"]["Assign"]["failure"]
    compiled = jsonata.Jsonata(str(expression).removeprefix("{%").removesuffix("%}").strip())
    frame = compiled.create_frame()
    frame.bind("failure", failure if cause is None else {**failure, "Cause": cause})
    frame.bind("failurePolicy", policy)
    frame.bind("tries", tries)
    frame.bind("states", {"context": {"State": {"EnteredTime": NOW}}})
    found: dict[str, Any] = compiled.evaluate(None, frame)
    return found


def description(**members: str) -> str:
    """A failed job's cause: its description, as a long JSON text."""
    job = {"TrainingJobName": "retrain-train", "HyperParameters": {"eta": "0.1"}, **members}
    return json.dumps(job)


def failed(reason: str, **members: str) -> str:
    return description(FailureReason=reason, TrainingJobStatus="Failed", **members)


def stopped_after(milliseconds: int) -> str:
    """A processing job that somebody or SageMaker stopped so long after its creation."""
    times = {"CreationTime": NOW_MILLISECONDS, "ProcessingEndTime": NOW_MILLISECONDS + milliseconds}
    job = {"ProcessingJobStatus": "Stopped", **times}
    return json.dumps(
        {**job, "StoppingCondition": {"MaxRuntimeInSeconds": 3600}}, separators=(",", ":")
    )


def refused(code: str, status: int) -> str:
    service = "Service: AmazonSageMaker"
    return f"No. ({service}; Status Code: {status}; Error Code: {code}; Request ID: 1; Proxy: null)"


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        ("States.TaskFailed", failed(CAPACITY_ERROR), "SageMaker.CAPACITY_ERROR"),
        ("States.TaskFailed", CAPACITY_ERROR, "SageMaker.CAPACITY_ERROR"),
        ("States.TaskFailed", failed(INTERNAL_SERVER_ERROR), "SageMaker.JOB_INTERNAL_ERROR"),
        (
            "States.TaskFailed",
            failed("InternalServerError: We encountered an internal error. Please try again."),
            "SageMaker.JOB_INTERNAL_ERROR",
        ),
        ("States.TaskFailed", failed("AlgorithmError: , exit code: 1"), "AlgorithmError"),
        ("States.TaskFailed", failed("ClientError: no S3 objects found"), "ClientError"),
        (
            "States.TaskFailed",
            description(TrainingJobStatus="Stopped", SecondaryStatus="MaxRuntimeExceeded"),
            "JobOverran",
        ),
        ("States.TaskFailed", description(ProcessingJobStatus="Stopped"), "JobStopped"),
        ("States.TaskFailed", stopped_after(3_599_999), "JobStopped"),
        ("States.TaskFailed", stopped_after(3_600_000), "JobOverran"),
        ("States.TaskFailed", stopped_after(3_600_000)[:-40], "JobStopped"),
        ("States.Timeout", None, "JobOverran"),
        ("States.TaskFailed", "no such words", "UnknownFailure"),
        ("States.TaskFailed", None, "UnknownFailure"),
        ("States.QueryEvaluationError", "undefined", "UnknownFailure"),
        ("SageMaker.ResourceLimitExceededException", "The limit", "SageMaker.RESOURCE_LIMIT"),
        ("SageMaker.ResourceInUseException", "names must be unique", "JobNameTaken"),
        (
            "SageMaker.AmazonSageMakerException",
            refused("ThrottlingException", 400),
            "Step.THROTTLING",
        ),
        (
            "SageMaker.AmazonSageMakerException",
            refused("AccessDeniedException", 400),
            "RequestRefused",
        ),
        (
            "SageMaker.AmazonSageMakerException",
            refused("InternalFailure", 500),
            "Step.SERVICE_FAULT",
        ),
        ("SageMaker.SdkClientException", "Unable to execute HTTP request", "Step.SERVICE_FAULT"),
    ],
)
def test_a_failure_has_the_class_of_its_error_and_its_cause(
    error: str, cause: str | None, expected: str
) -> None:
    assert classified(error, cause)["Class"] == expected


@pytest.mark.parametrize(
    "reason",
    [
        'AlgorithmError: {"message": "CapacityError: of a cache"}, exit code: 1',
        "AlgorithmError: InternalServerError: says the code, exit code: 1",
        'ClientError: the key "CapacityError:" has no object',
    ],
)
def test_what_code_writes_into_its_reason_does_not_make_it_transient(reason: str) -> None:
    assert classified("States.TaskFailed", failed(reason))["WaitSeconds"] is None


def test_what_code_left_behind_does_not_hide_that_the_instance_failed() -> None:
    message = "botocore.exceptions.ClientError: An error occurred (SlowDown)"
    cause = failed(INTERNAL_SERVER_ERROR, ExitMessage=message)
    assert classified("States.TaskFailed", cause)["Class"] == "SageMaker.JOB_INTERNAL_ERROR"


def test_a_cause_that_was_cut_still_tells_its_class() -> None:
    cut = failed(CAPACITY_ERROR, Environment="x" * 40_000)[:32_768]
    assert classified("States.TaskFailed", cut)["Class"] == "SageMaker.CAPACITY_ERROR"


@pytest.mark.parametrize("reason", [CAPACITY_ERROR, INTERNAL_SERVER_ERROR])
def test_waits_double_from_a_minute_on_and_there_are_three(reason: str) -> None:
    waits, tries = [], FRESH
    for attempt in range(4):
        found = classified("States.TaskFailed", failed(reason), tries)
        waits.append(found["WaitSeconds"])
        tries = {**tries, "Attempt": attempt + 1, "Failures": [*tries["Failures"], found]}
    assert waits == [60, 120, 240, None]


def test_each_class_counts_for_itself() -> None:
    tries = FRESH | {"Failures": [{"Class": "SageMaker.CAPACITY_ERROR", "At": 0}] * 3}
    found = classified("States.TaskFailed", failed(INTERNAL_SERVER_ERROR), tries)
    assert found["WaitSeconds"] == 60


@pytest.mark.parametrize(("minutes", "expected"), [(29, 120), (30, None)])
def test_a_class_may_expire_instead_of_counting(minutes: int, expected: int | None) -> None:
    (capacity,) = [it for it in POLICY if it["Class"] == "SageMaker.CAPACITY_ERROR"]
    limited = {**capacity, "ExpireAfterMinutes": 30}
    del limited["MaxAttempts"]
    first = {"Class": capacity["Class"], "At": NOW_MILLISECONDS - minutes * MINUTE}
    tries = FRESH | {"Failures": [first]}
    found = classified("States.TaskFailed", failed(CAPACITY_ERROR), tries, [limited])
    assert found["WaitSeconds"] == expected


@pytest.mark.parametrize("entry", POLICY, ids=lambda entry: str(entry["Class"]))
def test_only_what_is_retried_says_how_and_every_class_says_what_to_do(entry: Failure) -> None:
    numbers = {"MaxAttempts", "IntervalSeconds", "BackoffRate"}
    assert (numbers <= entry.keys()) == (entry["RetriedBy"] != "Nobody")
    assert ("NextTry" in entry) == (entry["RetriedBy"] == "Machine")
    assert entry["Advice"].endswith(".")


@pytest.mark.parametrize("name", JOBS)
def test_the_retriers_of_a_job_have_the_numbers_of_the_policy(name: str) -> None:
    wanted = {
        error: (entry["MaxAttempts"], entry["IntervalSeconds"], entry["BackoffRate"])
        for entry in POLICY
        if entry["RetriedBy"] == "State"
        for error in entry["Errors"]
    }
    assert wanted == {
        error: (retrier["MaxAttempts"], retrier["IntervalSeconds"], retrier["BackoffRate"])
        for retrier in JOBS[name]["Retry"]
        for error in retrier["ErrorEquals"]
    }


def test_the_jobs_catch_everything_alike() -> None:
    assert len({json.dumps(state["Catch"]) for state in JOBS.values()}) == 1
    assert {it["ErrorEquals"][0] for state in JOBS.values() for it in state["Catch"]} == {
        "States.ALL"
    }


def test_whatever_is_caught_is_classified_and_can_be_resumed() -> None:
    """Else a redrive would go on with another step than the one that failed."""
    assert {it["Next"] for state in CAUGHT.values() for it in state["Catch"]} == {"ClassifyFailure"}
    resumes = STATES["ResumeJob"]
    told = {choice["Next"]: choice["Condition"] for choice in resumes["Choices"]}
    assert {*told, resumes["Default"]} == CAUGHT.keys()
    assert [name for name, condition in told.items() if f"'{name}'" not in condition] == []


def test_whatever_a_state_calls_its_failure_has_a_class() -> None:
    """Else it would end as UnknownFailure, with no advice of its own."""
    catchers = [it for state in CAUGHT.values() for it in state["Catch"]]
    given = {name for it in catchers for name in NAMED.findall(it["Assign"]["failure"])}
    assert given <= {error for entry in POLICY for error in entry["Errors"]}


def test_whoever_tells_of_a_night_knows_which_states_are_no_steps() -> None:
    routing, found = set(), ["ClassifyFailure"]
    while found:
        name = found.pop()
        state = STATES[name]
        routing.add(name)
        leading_to = {state.get("Next"), state.get("Default")}
        leading_to |= {choice["Next"] for choice in state.get("Choices", [])}
        found += leading_to - {None} - routing - CAUGHT.keys()
    assert routing == night._ROUTING == history._ROUTING
