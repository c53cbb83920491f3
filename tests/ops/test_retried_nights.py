"""Nights whose jobs failed and ran again: what `nights` tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from ops.night import Night, Step, read
from ops.table import as_json, as_table

START = datetime(2026, 11, 22, 2, tzinfo=UTC)
CAPACITY = json.dumps({"TrainingJobName": "t", "FailureReason": "CapacityError: none"})
RAISED = json.dumps({"errorType": "AlgorithmError", "errorMessage": "TrainXGB: t: no."})
Event = dict[str, Any]


def entered(name: str) -> Event:
    return {"type": "StateEntered", "stateEnteredEventDetails": {"name": name}}


def exited(name: str, **assigned: Any) -> Event:
    texts = {key: json.dumps(value) for key, value in assigned.items()}
    details = {"name": name, "output": "null", "assignedVariables": texts}
    return {"type": "StateExited", "stateExitedEventDetails": details}


def attempt(*more: Event) -> list[Event]:
    return [{"type": "TaskScheduled"}, *more]


def task_failed(error: str, cause: str) -> Event:
    return {"type": "TaskFailed", "taskFailedEventDetails": {"error": error, "cause": cause}}


def failing(name: str) -> list[Event]:
    """A try of the training job, and the class that the machine finds for its failure."""
    return [
        entered("TrainXGB"),
        *attempt(task_failed("States.TaskFailed", CAPACITY)),
        exited("TrainXGB"),
        entered("ClassifyFailure"),
        exited("ClassifyFailure", failure={"Step": "TrainXGB", "Class": name}),
    ]


BACK_OFF = [entered("BackOff"), exited("BackOff")]
PASSED = [entered("TrainXGB"), *attempt(), exited("TrainXGB")]
FAILED = [
    entered("FailNight"),
    *attempt(task_failed("AlgorithmError", RAISED)),
    {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "A", "cause": RAISED}},
]
REDRIVEN = [
    {"type": "ExecutionRedriven", "executionRedrivenEventDetails": {"redriveCount": 1}},
    entered("FailNight"),
    *attempt(),
    exited("FailNight"),
]


DAYS_BEFORE_A_REDRIVE = 3


def told(status: str, *events: list[Event]) -> Night:
    """A night with an event a minute, but for redrives, which come days later."""
    given = {"input": json.dumps({"DataDate": "2026-11-21"})}
    first = {"type": "ExecutionStarted", "executionStartedEventDetails": given}
    history = list(stamped([first, *(it for some in events for it in some)]))
    execution = {
        "executionArn": "arn",
        "name": "2026-11-21",
        "status": status,
        "startDate": START,
        **({} if status == "RUNNING" else {"stopDate": history[-1]["timestamp"]}),
    }
    return read(execution, history)


def stamped(events: list[Event]) -> Iterator[Event]:
    at = START
    for event in events:
        at += timedelta(days=DAYS_BEFORE_A_REDRIVE) * (event["type"] == "ExecutionRedriven")
        yield {**event, "timestamp": at}
        at += timedelta(minutes=1)


def test_tries_of_a_job_are_one_step_with_the_class_of_each_failure() -> None:
    night = told("SUCCEEDED", failing("SageMaker.CAPACITY_ERROR"), BACK_OFF, PASSED)
    assert night.steps == (
        Step("TrainXGB", 5 * 60.0, retries=1, failures=("SageMaker.CAPACITY_ERROR",)),
    )


def test_a_steps_time_leaves_out_the_waits_between_its_tries() -> None:
    waiting = BACK_OFF * 30
    night = told("SUCCEEDED", failing("SageMaker.CAPACITY_ERROR"), waiting, PASSED)
    assert [step.seconds for step in night.steps] == [5 * 60.0]


def test_retries_of_the_state_itself_are_told_by_the_errors_name() -> None:
    throttled = task_failed("SageMaker.AmazonSageMakerException", "Rate exceeded")
    tries = [entered("TrainXGB"), *attempt(throttled), *attempt(), exited("TrainXGB")]
    (step,) = told("SUCCEEDED", tries).steps
    assert (step.retries, step.failures) == (1, ("SageMaker.AmazonSageMakerException",))


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        (
            "SageMaker.AmazonSageMakerException",
            "No. (Service: AmazonSageMaker; Status Code: 400; Error Code: ThrottlingException)",
            "SageMaker.AmazonSageMakerException (ThrottlingException)",
        ),
        (
            "Runtime.ExitError",
            '{"errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}',
            "Runtime.ExitError (signal: killed)",
        ),
    ],
)
def test_where_errors_share_a_name_their_cause_tells_them_apart(
    error: str, cause: str, expected: str
) -> None:
    tries = [entered("ReadAuc"), *attempt(task_failed(error, cause)), *attempt(), exited("ReadAuc")]
    (step,) = told("SUCCEEDED", tries).steps
    assert step.failures == (expected,)


def test_a_failed_night_ends_with_the_step_that_failed_and_its_message() -> None:
    night = told("FAILED", failing("AlgorithmError"), FAILED)
    assert [step.name for step in night.steps] == ["TrainXGB"]
    assert night.error == "A: TrainXGB: t: no."


def test_a_redrive_counts_as_a_try_of_the_job_and_not_of_the_failure() -> None:
    night = told("SUCCEEDED", failing("AlgorithmError"), FAILED, REDRIVEN, PASSED)
    assert [(it.name, it.retries, it.failures) for it in night.steps] == [
        ("TrainXGB", 1, ("AlgorithmError",))
    ]
    assert night.error == ""


def test_a_night_has_worked_for_as_long_as_its_runs_did_whenever_they_were_redriven() -> None:
    runs = [failing("AlgorithmError"), FAILED, REDRIVEN, FAILED, REDRIVEN, PASSED]
    minutes, minutes_before_redrives = sum(map(len, runs)), 2
    assert told("SUCCEEDED", *runs).seconds == (minutes - minutes_before_redrives) * 60.0
    assert told("RUNNING", *runs).seconds is None


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_and_the_json_tell_why_a_step_ran_again(count: int) -> None:
    night = told("SUCCEEDED", *[failing("SageMaker.CAPACITY_ERROR")] * count, PASSED)
    console = Console(width=200)
    with console.capture() as printed:
        console.print(as_table([night]))
    causes = f"{f'{count} x ' if count > 1 else ''}SageMaker.CAPACITY_ERROR"
    assert f"2026-11-21: TrainXGB again after {causes}" in printed.get()
    (row,) = as_json([night])
    assert row["steps"][0]["failures"] == ["SageMaker.CAPACITY_ERROR"] * count
