"""A machine whose role lacks one statement: the state that needs it fails, by AWS's names."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.instance import Instance
from tests.embedded_aws.iam.statements import allow, trusting

Make = Callable[..., Any]
JOBS = "arn:aws:sagemaker:us-east-1:123456789012:processing-job/night-*"
RULE = "StepFunctionsGetEventsForSageMakerProcessingJobsRule"
STATES = trusting(
    {"Service": "states.amazonaws.com"},
    Condition={
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:states:*:123456789012:stateMachine:*"},
    },
)
STATEMENTS = {
    "RunTheJobs": allow("sagemaker:CreateProcessingJob", resource=JOBS),
    "WatchTheJobs": allow("sagemaker:DescribeProcessingJob", resource=JOBS),
    "TagTheJobs": allow("sagemaker:AddTags", resource=JOBS),
    "SeeTheTags": allow("sagemaker:ListTags", resource=JOBS),
    "PassTheJobsRole": allow(
        "iam:PassRole",
        resource="arn:aws:iam::123456789012:role/*",
        Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
    ),
    "HearOfTheJobsEnd": allow(
        "events:PutTargets",
        "events:PutRule",
        "events:DescribeRule",
        resource=f"arn:aws:events:us-east-1:123456789012:rule/{RULE}",
    ),
}


@pytest.fixture(scope="module")
def job_role(role: Make) -> str:
    trust = trusting({"Service": "sagemaker.amazonaws.com"})
    return str(role(allow("logs:*"), trust=trust))


@pytest.fixture
def run(aws: Instance, client: Make, role: Make, job_role: str) -> Callable[[str], dict[str, Any]]:
    """Run a machine of one job, whose role has all statements but one, to its end."""

    def run(without: str) -> dict[str, Any]:
        name = f"night-{uuid.uuid4().hex[:8]}"
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Arguments": {
                "ProcessingJobName": name,
                "RoleArn": job_role,
                "AppSpecification": {
                    "ImageUri": "683313688378.dkr.ecr.us-east-1.amazonaws.com/"
                    "sagemaker-xgboost:3.0-5",
                    "ContainerEntrypoint": ["python3", "-c", "pass"],
                },
                "ProcessingResources": {
                    "ClusterConfig": {
                        "InstanceCount": 1,
                        "InstanceType": "ml.m5.xlarge",
                        "VolumeSizeInGB": 5,
                    }
                },
            },
            "End": True,
        }
        states = client("stepfunctions")
        kept = [statement for sid, statement in STATEMENTS.items() if sid != without]
        machine = states.create_state_machine(
            name=name,
            definition=json.dumps(
                {"QueryLanguage": "JSONata", "StartAt": "Job", "States": {"Job": task}}
            ),
            roleArn=role(*kept, trust=STATES),
        )["stateMachineArn"]
        execution = states.start_execution(stateMachineArn=machine)["executionArn"]
        aws.clock.advance_to(aws.clock.now())
        found: dict[str, Any] = states.describe_execution(executionArn=execution)
        return found

    return run


def test_with_all_statements_the_job_runs(run: Callable[[str], dict[str, Any]]) -> None:
    ended = run("")
    assert ended["status"] == "SUCCEEDED", ended.get("cause")


@pytest.mark.parametrize(
    ("without", "action"),
    [
        ("RunTheJobs", "sagemaker:CreateProcessingJob"),
        ("TagTheJobs", "sagemaker:AddTags"),
        ("SeeTheTags", "sagemaker:ListTags"),
        ("PassTheJobsRole", "iam:PassRole"),
    ],
)
def test_without_one_statement_its_call_is_denied(
    run: Callable[[str], dict[str, Any]], aws: Instance, without: str, action: str
) -> None:
    ended = run(without)
    assert (ended["status"], ended["error"]) == ("FAILED", "SageMaker.AmazonSageMakerException")
    assert f"is not authorized to perform: {action}" in ended["cause"]
    assert "Error Code: AccessDeniedException" in ended["cause"]
    denied = aws.calls.matching(error_code="AccessDeniedException", action=action)
    assert denied[-1].caller.startswith("arn:aws:sts::123456789012:assumed-role/role-")
    assert denied[-1].judgements[-1].decision == "denied"
