"""Processing jobs that are stopped, time out or are deleted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.sagemaker.jobs.processing_requests import (
    WAIT_FOREVER,
)


def test_a_job_can_be_stopped(user: Any) -> None:
    ready = "import sys, signal; open(sys.argv[1], 'w').write('ready'); signal.pause()"
    request = user.processing(ready, arguments=["/opt/ml/output/message"])
    name = request["ProcessingJobName"]
    user.sagemaker.create_processing_job(**request)
    user.until(
        lambda: user.sagemaker.describe_processing_job(ProcessingJobName=name),
        lambda job: "ProcessingStartTime" in job,
    )
    user.sagemaker.stop_processing_job(ProcessingJobName=name)
    job = user.ended_processing(name)
    assert job["ProcessingJobStatus"] == "Stopped"
    assert "FailureReason" not in job


def test_a_job_that_runs_too_long_is_stopped(user: Any) -> None:
    job = user.run_processing(WAIT_FOREVER, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert job["ProcessingJobStatus"] == "Stopped"


def test_a_job_that_has_ended_cannot_be_stopped(user: Any) -> None:
    job = user.run_processing("pass")
    with pytest.raises(ClientError, match=r"ValidationException.*in status Completed"):
        user.sagemaker.stop_processing_job(ProcessingJobName=job["ProcessingJobName"])


def test_an_unknown_job_is_a_validation_error(user: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Could not find requested job"):
        user.sagemaker.describe_processing_job(ProcessingJobName="nobody")


def test_a_deleted_job_is_gone_and_its_name_free(user: Any) -> None:
    request = user.processing("pass")
    name = request["ProcessingJobName"]
    user.sagemaker.create_processing_job(**request)
    user.ended_processing(name)
    user.sagemaker.delete_processing_job(ProcessingJobName=name)
    with pytest.raises(ClientError, match="Could not find requested job"):
        user.sagemaker.describe_processing_job(ProcessingJobName=name)
    user.sagemaker.create_processing_job(**request)
    user.ended_processing(name)


def test_a_job_that_runs_cannot_be_deleted(user: Any) -> None:
    request = user.processing(WAIT_FOREVER)
    name = request["ProcessingJobName"]
    user.sagemaker.create_processing_job(**request)
    with pytest.raises(user.sagemaker.exceptions.ResourceInUse):
        user.sagemaker.delete_processing_job(ProcessingJobName=name)
    user.sagemaker.stop_processing_job(ProcessingJobName=name)
    user.ended_processing(name)
