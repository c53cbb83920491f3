"""Nights that fail on the deployed application: what is tried again, and what is left behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from embedded_aws.sagemaker.jobs.failures import CAPACITY_ERROR, INTERNAL_SERVER_ERROR
from ops.night import Night
from tests.machine.application import Application, generate_night
from tests.machine.golden import require_golden

pytestmark = pytest.mark.slow

ALGORITHM_ERROR = "AlgorithmError: division by zero, exit code: 1"


def fault(operation: str, job_name: str, effect: Any, **members: Any) -> dict[str, Any]:
    """Something that befalls the jobs whose names fit."""
    kind = "Training" if "Training" in operation else "Processing"
    return {
        "service": "sagemaker",
        "operation": operation,
        "parameters": {f"{kind}JobName": job_name},
        "effect": effect,
        "name": str(uuid4()),
        **members,
    }


BAD_NIGHT = [
    # Nobody hears that the first featurise job was created, and it would wait for an hour.
    fault("CreateProcessingJob", "*-featurise-*-a0-t0", {"lose_response": {}}),
    fault("CreateProcessingJob", "*-featurise-*-a0-t0", {"delay_job": {"seconds": 3600}}),
    fault("CreateTrainingJob", "*-r0-a0-*", {"fail_job": {"reason": CAPACITY_ERROR}}),
    fault("CreateTrainingJob", "*-r0-a1-*", {"fail_job": {"reason": INTERNAL_SERVER_ERROR}}),
    fault("CreateProcessingJob", "*-evaluate-*-r0-*", {"fail_job": {"reason": ALGORITHM_ERROR}}),
]


class Nights:
    """Starts nights under faults, and looks at what they left behind."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.stepfunctions = application.client("stepfunctions")

    def start(self, data_date: date) -> str:
        """Start a night of four partitions; return its ARN."""
        given = {"DataDate": data_date.isoformat(), "AllowMissingPartitions": True}
        started = self.stepfunctions.start_execution(
            stateMachineArn=self.application.outputs["StateMachineAliasArn"],
            name=str(uuid4()),
            input=json.dumps(given),
        )
        return str(started["executionArn"])

    def ended(self, execution_arn: str) -> Night:
        """The night when nothing works any more."""
        self.application.aws.advance_to(self.application.now())
        return self.application.night(execution_arn)

    def redriven(self, night: Night) -> Night:
        """The night at the end of a redrive."""
        self.stepfunctions.redrive_execution(executionArn=night.execution_arn)
        return self.ended(night.execution_arn)

    def jobs(self, night: Night) -> dict[str, dict[str, Any]]:
        """The descriptions of a night's jobs, by step and the end of their names."""
        date_ = f"-{night.data_date.replace('-', '')}-"
        found = {job.get("ProcessingJobName") or job["TrainingJobName"]: job for job in self._all()}
        return {
            f"{name.split('-')[2]}-{'-'.join(name.split('-')[-3:])}": job
            for name, job in found.items()
            if date_ in name
        }

    def running(self, night: Night) -> list[str]:
        """The night's jobs that have not ended."""
        return [name for name, job in self.jobs(night).items() if status(job) == "InProgress"]

    def failures(self, night: Night) -> dict[str, dict[str, Any]]:
        """What is on record of a night's failures, by file name."""
        s3, bucket = self.application.client("s3"), self.application.outputs["BucketName"]
        found = s3.list_objects_v2(Bucket=bucket, Prefix=f"lineage/dt={night.data_date}/")
        keys = [it["Key"] for it in found.get("Contents", []) if "/failure-" in it["Key"]]
        return {
            key.rsplit("/", 1)[1]: json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
            for key in keys
        }

    def action_status(self, night: Night) -> str:
        """The status of the night's action in SageMaker's lineage."""
        sagemaker = self.application.client("sagemaker")
        pages = sagemaker.get_paginator("list_actions").paginate(SourceUri=night.execution_arn)
        (action,) = [it for page in pages for it in page["ActionSummaries"]]
        return str(sagemaker.describe_action(ActionName=action["ActionName"])["Status"])

    def _all(self) -> list[dict[str, Any]]:
        return self.application.jobs()


def status(job: dict[str, Any]) -> str:
    return str(job.get("ProcessingJobStatus") or job["TrainingJobStatus"])


@pytest.fixture(scope="module")
def nights(application: Application) -> Nights:
    return Nights(application)


@pytest.fixture(scope="module")
def failed_and_redriven(
    nights: Nights, unused_date: Callable[[], date], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Night, Night]]:
    """A night of every kind of job failure, and the same night after its redrive."""
    folder, data_date = tmp_path_factory.mktemp("bad-night"), unused_date()
    generate_night(folder, data_date)
    nights.application.deliver(folder)
    with nights.application.faults(BAD_NIGHT):
        failed = nights.ended(nights.start(data_date))
        assert nights.running(failed) == []
        yield failed, nights.redriven(failed)


@pytest.fixture
def failed(failed_and_redriven: tuple[Night, Night]) -> Night:
    return failed_and_redriven[0]


@pytest.fixture
def redriven(failed_and_redriven: tuple[Night, Night]) -> Night:
    return failed_and_redriven[1]


def test_what_passes_by_itself_is_tried_again_and_shown_by_its_class(failed: Night) -> None:
    failures = {step.name: step.failures for step in failed.steps if step.failures}
    assert failures["TrainXGB"] == ("SageMaker.CAPACITY_ERROR", "SageMaker.JOB_INTERNAL_ERROR")
    assert failures["Evaluate"] == ("AlgorithmError",)


def test_capacity_walks_the_ladder_and_a_service_fault_stays_on_its_rung(
    nights: Nights, failed: Night
) -> None:
    types = {
        name: job["ResourceConfig"]["InstanceType"]
        for name, job in nights.jobs(failed).items()
        if name.startswith("train")
    }
    assert types == {
        "train-r0-a0-t0": "ml.m5.xlarge",
        "train-r0-a1-t0": "ml.m5.2xlarge",
        "train-r0-a2-t0": "ml.m5.2xlarge",
    }


def test_a_job_whose_creation_nobody_heard_of_is_stopped(nights: Nights, failed: Night) -> None:
    jobs = nights.jobs(failed)
    featurise = {name: status(job) for name, job in jobs.items() if name.startswith("featurise")}
    assert featurise == {"featurise-r0-a0-t0": "Stopped", "featurise-r0-a0-t1": "Completed"}


def test_a_job_that_fails_of_its_code_ends_the_night_by_name(failed: Night) -> None:
    assert (failed.status, failed.steps[-1].name) == ("FAILED", "Evaluate")
    assert failed.error.startswith("AlgorithmError: Evaluate: ")
    told = (ALGORITHM_ERROR, "evaluate-", "-r0-a0-t0", "nightly rerun")
    assert [text for text in told if text not in failed.error] == []


def test_a_redrive_runs_the_failed_job_again_and_no_other(nights: Nights, redriven: Night) -> None:
    assert (redriven.status, redriven.decision) == ("SUCCEEDED", "registered"), redriven.error
    assert [name for name in nights.jobs(redriven) if "-r1-" in name] == ["evaluate-r1-a0-t0"]


def test_a_night_of_every_failure_and_its_redrive_go_the_known_way(
    nights: Nights, redriven: Night
) -> None:
    require_golden("retried-failed-and-redriven", nights.application.history(redriven))


def test_the_failure_stays_on_record_while_the_redrive_completes_the_night(
    nights: Nights, redriven: Night
) -> None:
    failures = nights.failures(redriven)
    assert list(failures) == ["failure-r0.json"]
    assert "division by zero" in json.dumps(failures)
    assert nights.action_status(redriven) == "Completed"


def test_a_night_that_is_stopped_is_on_record_and_so_are_its_jobs_stopped(
    nights: Nights, unused_date: Callable[[], date], tmp_path: Path
) -> None:
    data_date, application = unused_date(), nights.application
    generate_night(tmp_path, data_date)
    application.deliver(tmp_path)
    waiting = fault("CreateProcessingJob", "*-featurise-*", {"delay_job": {"seconds": 3600}})
    with application.faults([waiting]), application.standing_clock():
        execution_arn = nights.start(data_date)
        night = application.night(execution_arn)
        while not nights.running(night):
            night = application.night(execution_arn)
        nights.stepfunctions.stop_execution(
            executionArn=execution_arn, error="OperatorsWish", cause="The data are wrong."
        )
    night = nights.ended(execution_arn)
    assert night.status == "ABORTED"
    assert nights.running(night) == []
    (failure,) = nights.failures(night).values()
    told = json.dumps(failure)
    assert [it for it in ("ABORTED", "OperatorsWish", "Featurise") if it not in told] == []
    assert nights.action_status(night) == "Failed"


def test_a_night_that_takes_too_long_is_on_record_and_its_jobs_are_stopped(
    nights: Nights, unused_date: Callable[[], date], tmp_path: Path
) -> None:
    data_date, application = unused_date(), nights.application
    generate_night(tmp_path, data_date)
    application.deliver(tmp_path)
    # Every try waits an hour for the quota, and the seventh for capacity, too.
    quota = {"error": {"code": "ResourceLimitExceeded", "message": "scripted", "status": 400}}
    endless = [
        fault("CreateProcessingJob", "*-featurise-*-t[0-4]", quota),
        *(
            fault("CreateProcessingJob", f"*-a[{attempts}]-*", {"fail_job": {"reason": reason}})
            for attempts, reason in (("024", CAPACITY_ERROR), ("135", INTERNAL_SERVER_ERROR))
        ),
        fault("CreateProcessingJob", "*-a6-*", {"delay_job": {"seconds": 6000}}),
    ]
    with application.faults(endless):
        night = nights.ended(nights.start(data_date))
    assert night.status == "TIMED_OUT"
    assert status(nights.jobs(night)["featurise-r0-a6-t5"]) == "Stopped"
    assert nights.running(night) == []
    (failure,) = nights.failures(night).values()
    assert "TIMED_OUT" in json.dumps(failure)
    assert nights.action_status(night) == "Failed"
