"""Faults of jobs: matched on what a job was created with, told by what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

Make = Callable[..., Any]

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


@pytest.fixture(scope="module")
def role_arn(client: Make) -> str:
    return make_role(client("iam"), "job", "sagemaker")


@pytest.fixture
def process(aws: Instance, client: Make, role_arn: str) -> Callable[..., dict[str, Any]]:
    """Run a processing job to its end; its description."""

    def process(name: str, instance_type: str = "ml.m5.xlarge") -> dict[str, Any]:
        sagemaker = client("sagemaker")
        cluster = {"InstanceCount": 1, "InstanceType": instance_type, "VolumeSizeInGB": 1}
        sagemaker.create_processing_job(
            ProcessingJobName=name,
            RoleArn=role_arn,
            AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["true"]},
            ProcessingResources={"ClusterConfig": cluster},
        )
        aws.clock.advance_to(aws.clock.now())
        return dict(sagemaker.describe_processing_job(ProcessingJobName=name))

    return process


CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)


def test_a_job_fails_for_a_scripted_reason_where_its_instance_type_has_no_capacity(
    script: Make, struck: Make, process: Make
) -> None:
    script(
        "sagemaker", "CreateProcessingJob", {"fail_job": {"reason": CAPACITY}},
        parameters={"ProcessingResources.ClusterConfig.InstanceType": "ml.m5.*"},
    )  # fmt: skip
    failed, other = process("no-m5"), process("some-c5", "ml.c5.xlarge")
    assert (failed["ProcessingJobStatus"], failed["FailureReason"]) == ("Failed", CAPACITY)
    assert other["ProcessingJobStatus"] == "Completed"
    assert len(struck()) == 1


def test_a_job_waits_for_capacity_and_completes(aws: Instance, script: Make, process: Make) -> None:
    script("sagemaker", "CreateProcessingJob", {"delay_job": {"seconds": 1200}})
    before = aws.clock.now()
    assert process("patient")["ProcessingJobStatus"] == "Completed"
    assert aws.clock.now() - before >= timedelta(minutes=20)


def test_a_jobs_container_is_killed(script: Make, process: Make) -> None:
    script("sagemaker", "CreateProcessingJob", "kill_job")
    killed = process("killed")
    assert killed["ProcessingJobStatus"] == "Failed"
    assert killed["FailureReason"].endswith("exit code: 137")
