"""A state machine that waits for a job whose duration is simulated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from embedded_aws.instance import serve
from embedded_aws.sagemaker.jobs.durations import JobDuration, JobDurations
from embedded_aws.settings import Settings

TWELVE_MINUTES = JobDurations((JobDuration(720),))
TRUST = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
RIGHTS = {"Effect": "Allow", "Action": ["sagemaker:*", "iam:PassRole", "events:*"], "Resource": "*"}


def policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory, user_of: Callable[..., Any]) -> Iterator[Any]:
    """A user of an instance where every job lasts twelve minutes."""
    scratch = tmp_path_factory.mktemp("waiting")
    with serve(Settings(scratch=scratch, job_durations=TWELVE_MINUTES)) as instance:
        yield user_of(instance)


def run(user: Any, timeout_seconds: int) -> tuple[Any, Any]:
    """The execution of a machine of one job, and the job; both have ended."""
    name = user.name()
    role = user.iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=policy({**TRUST, "Action": "sts:AssumeRole"})
    )["Role"]["Arn"]
    user.iam.put_role_policy(RoleName=name, PolicyName="run", PolicyDocument=policy(RIGHTS))
    request = user.processing("pass")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Parameters": request,
        "TimeoutSeconds": timeout_seconds,
        "End": True,
    }
    definition = json.dumps({"StartAt": "Job", "States": {"Job": task}})
    stepfunctions = boto3.client(
        "stepfunctions",
        endpoint_url=user.sagemaker.meta.endpoint_url,
        region_name=user.sagemaker.meta.region_name,
        aws_access_key_id="AKIDUSER",
        aws_secret_access_key="unused",
    )
    machine = stepfunctions.create_state_machine(name=name, definition=definition, roleArn=role)
    started = stepfunctions.start_execution(stateMachineArn=machine["stateMachineArn"])
    job = user.ended_processing(request["ProcessingJobName"])
    return stepfunctions.describe_execution(executionArn=started["executionArn"]), job


@pytest.mark.slow
def test_an_execution_lasts_as_long_as_its_job(user: Any) -> None:
    execution, job = run(user, timeout_seconds=900)
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    assert job["ProcessingJobStatus"] == "Completed"
    waited = (execution["stopDate"] - execution["startDate"]).total_seconds()
    # Step Functions looks again at growing intervals; what works meanwhile takes real time.
    assert 720 <= waited < 900


def test_a_task_times_out_in_the_jobs_simulated_time_and_stops_it(user: Any) -> None:
    execution, job = run(user, timeout_seconds=300)
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Timeout")
    waited = (execution["stopDate"] - execution["startDate"]).total_seconds()
    assert 300 <= waited < 720
    assert job["ProcessingJobStatus"] == "Stopped"
