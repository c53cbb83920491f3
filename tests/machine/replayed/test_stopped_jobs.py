"""A job that was stopped fails its night, whether ``.sync`` calls that a failure or a success."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from embedded_aws.faults.reading import read_faults
from embedded_aws.stepfunctions.integrations import sagemaker
from ops.night import Night, read
from tests.soak.invariants import violations
from tests.soak.nights import Nights, scheduled

pytestmark = pytest.mark.slow

KINDS = {"featurise": "Processing", "train": "Training", "evaluate": "Processing"}
REFUSED_BY = {
    "featurise": ("RecordFeaturise", "JobNotCompleted"),
    "train": ("RecordTraining", "JobNotCompleted"),
    "evaluate": ("ReadAuc", "InvalidEvaluation"),
}
"""Of each step the state after the job's, and the name by which that refuses to go on."""


def waiting(step: str) -> Mapping[str, Any]:
    """A job that waits for capacity, so that somebody can stop it."""
    return {
        "name": f"{step} waits",
        "service": "sagemaker",
        "operation": f"Create{KINDS[step]}Job",
        "parameters": {f"{KINDS[step]}JobName": f"*-{step}-*-r0-*"},
        "effect": {"delay_job": {"seconds": 1000}},
    }


def stop(nights: Nights, step: str) -> None:
    noun = KINDS[step].lower()
    sagemaker = nights.client("sagemaker")
    listed = getattr(sagemaker, f"list_{noun}_jobs")(StatusEquals="InProgress")
    for job in listed[f"{KINDS[step]}JobSummaries"]:
        name = f"{KINDS[step]}JobName"
        getattr(sagemaker, f"stop_{noun}_job")(**{name: job[name]})


def stopped(nights: Nights, step: str, data_date: date) -> Night:
    """A night one of whose jobs somebody stops."""
    nights.deliver(data_date)
    nights.wait_until(scheduled(data_date))
    faults = [waiting(step)]
    nights.aws.faults.add(*read_faults(json.dumps({"faults": faults})))
    arn = nights.start(data_date)
    nights.aws.clock.call_later(200, lambda: stop(nights, step))
    nights.settle()
    nights.aws.faults.clear()
    assert violations(nights, [arn], [data_date]) == []
    return read(nights.describe(arn), nights.history(arn))


def test_a_stopped_job_that_fails_its_state_ends_the_night_as_such_and_a_redrive_resumes_it(
    replayed: Nights,
) -> None:
    night = stopped(replayed, "train", date(2027, 5, 4))
    assert (night.status, night.steps[-1].name) == ("FAILED", "TrainXGB")
    assert night.error.startswith("JobStopped: TrainXGB: ")
    replayed.client("stepfunctions").redrive_execution(executionArn=night.execution_arn)
    replayed.settle()
    assert replayed.describe(night.execution_arn)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(("step", "month"), [("featurise", 6), ("train", 7), ("evaluate", 8)])
def test_a_stopped_job_that_passes_for_a_success_gets_no_further_than_the_next_state(
    replayed: Nights, monkeypatch: pytest.MonkeyPatch, step: str, month: int
) -> None:
    monkeypatch.setattr(sagemaker, "_SUCCEEDED", {"Completed", "Stopped"})
    night = stopped(replayed, step, date(2027, month, 4))
    told = (night.status, night.steps[-1].name, night.error.split(":")[0])
    assert told == ("FAILED", *REFUSED_BY[step])
