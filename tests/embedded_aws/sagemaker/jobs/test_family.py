"""Operations on jobs whose role cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[[str], Any]


def trust(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(client: Make, name: str, service: str = "sagemaker.amazonaws.com") -> str:
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
    return str(made["Role"]["Arn"])


def create(client: Make, name: str, role_arn: str) -> None:
    client("sagemaker").create_processing_job(
        ProcessingJobName=name,
        RoleArn=role_arn,
        AppSpecification={
            "ImageUri": "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5",
            "ContainerEntrypoint": ["true"],
        },
        ProcessingResources={
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.xlarge",
                "VolumeSizeInGB": 5,
            }
        },
    )


def assert_refused(client: Make, name: str, role_arn: str) -> None:
    with pytest.raises(ClientError, match=f"Could not assume role {role_arn}") as refused:
        create(client, name, role_arn)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    jobs = client("sagemaker").list_processing_jobs(NameContains=name)
    assert jobs["ProcessingJobSummaries"] == []


def test_a_job_is_not_created_when_its_role_does_not_exist(client: Make) -> None:
    assert_refused(client, "without-role", "arn:aws:iam::123456789012:role/none")


def test_a_job_is_not_created_when_its_role_trusts_another_service(client: Make) -> None:
    another = role(client, "not-for-sagemaker", "lambda.amazonaws.com")
    assert_refused(client, "mistrusted", another)


def test_a_role_is_looked_at_again_for_every_job(client: Make) -> None:
    """A session of a role outlives it; a new job may not."""
    role_arn = role(client, "changing")
    create(client, "first-under-role", role_arn)
    client("iam").update_assume_role_policy(
        RoleName="changing", PolicyDocument=trust("lambda.amazonaws.com")
    )
    assert_refused(client, "changed-trust", role_arn)
    client("iam").delete_role(RoleName="changing")
    assert_refused(client, "deleted-role", role_arn)
