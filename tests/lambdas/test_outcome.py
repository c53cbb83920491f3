"""The facts of a failed night, from its status event and its history."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from night.document import Execution, run_id
from night.errors import HistoryNotReady
from night.outcome import Ended, failure_of
from tests.lineage.builders import a_night

NIGHT = a_night()
STARTED_AT = datetime(2026, 11, 22, 2, 0, 0, 123000, tzinfo=UTC)
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:nightly-retrain"
JOB = {
    "TrainingJobName": "retrain-train-20261121-1a2b3c4d-r0-a0-t0",
    "FailureReason": "AlgorithmError: division by zero, exit code: 1",
}
Event = dict[str, Any]


def ended(status: str = "FAILED", redrive_count: int = 0) -> Ended:
    return Ended.parse(
        {
            "executionArn": NIGHT["ExecutionArn"],
            "stateMachineArn": MACHINE_ARN,
            "status": status,
            "startDate": int(STARTED_AT.timestamp() * 1000),
            "stopDate": int(STARTED_AT.timestamp() * 1000) + 90_000,
            "redriveCount": redrive_count,
        }
    )


def started(given: object) -> Event:
    details = {"input": json.dumps(given)}
    return {"type": "ExecutionStarted", "executionStartedEventDetails": details}


def entered(name: str) -> Event:
    return {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": name}}


def exited(name: str, **assigned: Any) -> Event:
    texts = {key: json.dumps(value) for key, value in assigned.items()}
    return {
        "type": "TaskStateExited",
        "stateExitedEventDetails": {"name": name, "assignedVariables": texts},
    }


def failed(error: str, cause: str) -> Event:
    return {
        "type": "ExecutionFailed",
        "executionFailedEventDetails": {"error": error, "cause": cause},
    }


PREPARED = [
    started({"DataDate": "2026-11-21"}),
    entered("PrepareNight"),
    exited("PrepareNight", night=NIGHT),
]


def test_a_failure_has_the_night_and_what_the_function_raised() -> None:
    error = json.dumps({"errorType": "InputChanged", "errorMessage": "2 of 58 objects changed."})
    history = [*PREPARED, entered("RecordFeaturise"), failed("InputChanged", error)]
    failure = failure_of(ended(), history)
    assert failure is not None
    assert (failure.run_id, failure.night) == (NIGHT["RunId"], NIGHT)
    assert (failure.step, failure.error) == ("RecordFeaturise", "InputChanged")
    assert failure.cause == "2 of 58 objects changed."
    assert (failure.status, failure.ended_at) == ("FAILED", "2026-11-22T02:01:30Z")
    assert (failure.workflow, failure.redrive_count) == ("nightly-retrain", 0)


def test_a_jobs_failure_belongs_to_its_step_and_not_to_the_state_that_raises_it() -> None:
    raised = json.dumps({"errorMessage": "TrainXGB: it failed."})
    history = [
        *PREPARED,
        entered("TrainXGB"),
        exited("ClassifyFailure", failure={"Step": "TrainXGB", "Class": "AlgorithmError"}),
        entered("FailNight"),
        failed("AlgorithmError", raised),
    ]
    failure = failure_of(ended(), history)
    assert failure is not None
    assert (failure.step, failure.error) == ("TrainXGB", "AlgorithmError")


def test_a_jobs_own_description_is_told_by_its_reason() -> None:
    history = [*PREPARED, entered("TrainXGB"), failed("States.TaskFailed", json.dumps(JOB))]
    failure = failure_of(ended(), history)
    assert failure is not None
    assert failure.cause == JOB["FailureReason"]


def test_a_night_that_was_never_prepared_has_the_run_id_that_it_would_have_got() -> None:
    history = [started({"DataDate": "2026-11-21"}), entered("PrepareNight"), failed("X", "y")]
    failure = failure_of(ended(), history)
    execution = Execution(NIGHT["ExecutionArn"], "2026-11-22T02:00:00.123Z", "nightly-retrain")
    assert failure is not None
    assert (failure.night, failure.run_id) == (None, run_id("2026-11-21", execution))


def test_an_end_is_told_as_it_was_even_when_a_redrive_has_ended_since() -> None:
    redriven: Event = {"type": "ExecutionRedriven", "executionRedrivenEventDetails": {}}
    history = [
        *PREPARED,
        entered("TrainXGB"),
        failed("AlgorithmError", "first"),
        redriven,
        entered("Evaluate"),
        failed("ClientError", "second"),
    ]
    told = [failure_of(ended(redrive_count=count), history) for count in (0, 1)]
    assert [(it.step, it.error, it.cause) for it in told if it] == [
        ("TrainXGB", "AlgorithmError", "first"),
        ("Evaluate", "ClientError", "second"),
    ]


@pytest.mark.parametrize("redrive_count", [0, 1])
def test_an_end_that_the_history_does_not_show_yet_is_not_recorded_without_its_cause(
    redrive_count: int,
) -> None:
    history = [*PREPARED, entered("TrainXGB"), failed("AlgorithmError", "first")][
        : 4 + redrive_count
    ]
    with pytest.raises(HistoryNotReady, match="again"):
        failure_of(ended(redrive_count=redrive_count), history)


@pytest.mark.parametrize(("status", "kind"), [("TIMED_OUT", "TimedOut"), ("ABORTED", "Aborted")])
def test_an_end_without_error_and_cause_is_one_all_the_same(status: str, kind: str) -> None:
    history = [*PREPARED, entered("TrainXGB"), {"type": f"Execution{kind}"}]
    failure = failure_of(ended(status), history)
    assert failure is not None
    assert (failure.status, failure.step) == (status, "TrainXGB")
    assert (failure.error, failure.cause) == ("", "")


@pytest.mark.parametrize("given", [{}, [], {"DataDate": "8 November"}, {"DataDate": "2026-02-30"}])
def test_an_execution_of_no_data_date_is_no_night(given: object) -> None:
    history = [started(given), entered("PrepareNight"), failed("InvalidInput", "no")]
    assert failure_of(ended(), history) is None
