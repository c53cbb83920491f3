"""The error that FailNight raises: its name, and what it tells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from night.errors import NightError
from night.job_failure import as_error

JOB = {"TrainingJobName": "retrain-train-20261121-1a2b3c4d-r0-a3-t0", "HyperParameters": {}}


def failure(cause: str | None = None, **more: Any) -> dict[str, Any]:
    told = {} if cause is None else {"Cause": cause}
    return {
        "Step": "TrainXGB",
        "Error": "States.TaskFailed",
        "Class": "SageMaker.CAPACITY_ERROR",
        "Tries": 1,
        "Advice": "Redrive the night later.",
        **told,
        **more,
    }


def test_it_has_the_name_of_its_class() -> None:
    error = as_error(failure())
    assert isinstance(error, NightError)
    assert type(error).__name__ == "SageMaker.CAPACITY_ERROR"


def test_it_names_the_step_the_job_its_reason_the_tries_and_what_to_do() -> None:
    cause = json.dumps({**JOB, "FailureReason": "CapacityError: none left."})
    assert str(as_error(failure(cause, Tries=4))) == (
        f"TrainXGB: {JOB['TrainingJobName']}: CapacityError: none left. Tried 4 times."
        " Redrive the night later."
    )


def test_what_the_job_says_itself_goes_before_what_sagemaker_says_of_it() -> None:
    said = {"FailureReason": "AlgorithmError: , exit code: 1", "ExitMessage": "dt=1 has no rows"}
    told = "dt=1 has no rows (AlgorithmError: , exit code: 1). Redrive"
    assert told in str(as_error(failure(json.dumps(JOB | said))))


@pytest.mark.parametrize("kind", ["Processing", "Training"])
def test_a_job_that_was_stopped_is_not_told_of_by_its_whole_description(kind: str) -> None:
    job = {f"{kind}JobName": "a-job", f"{kind}JobStatus": "Stopped", "RoleArn": "arn:aws:iam::1"}
    told = "TrainXGB: a-job: Stopped, for no reason that it gives. Redrive the night later."
    assert str(as_error(failure(json.dumps(job)))) == told


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (None, "TrainXGB: States.TaskFailed: no reason given. Redrive"),
        ("Rate exceeded (Service: x)", "TrainXGB: States.TaskFailed: Rate exceeded (Service: x)."),
        ('"text"', 'TrainXGB: States.TaskFailed: "text". Redrive'),
        ('{"TrainingJobName": "a", "Fai', 'States.TaskFailed: {"TrainingJobName": "a", "Fai.'),
    ],
)
def test_a_cause_that_describes_no_job_is_told_as_it_is(cause: str | None, told: str) -> None:
    assert told in str(as_error(failure(cause)))


def test_a_long_cause_leaves_room_for_what_to_do() -> None:
    message = str(as_error(failure("x" * 30_000)))
    assert len(message) < 3_000
    assert message.endswith("Redrive the night later.")
