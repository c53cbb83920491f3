"""Operations on jobs whose role cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.clients import ClientFactory, Credentials
from embedded_aws.clock import Clock
from embedded_aws.environment import Environment
from embedded_aws.gateway.service import RequestContext, ServiceError
from embedded_aws.sagemaker.jobs.part import Jobs
from embedded_aws.sagemaker.tags import Tags
from embedded_aws.settings import Settings

CONTEXT = RequestContext("123456789012", "us-east-1", "AKIDUSER", "request")
ROLE = "arn:aws:iam::123456789012:role/not-for-sagemaker"


class RefusingClients(ClientFactory):
    """STS refuses every role, as it does one whose trust policy leaves SageMaker out."""

    def role_credentials(self, role_arn: str, session_name: str) -> Credentials:
        error = {"Error": {"Code": "AccessDenied", "Message": f"{role_arn} {session_name}"}}
        raise ClientError(error, "AssumeRole")  # type: ignore[arg-type]


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """Jobs beside an STS that refuses."""
    settings = Settings(scratch=tmp_path)
    clock = Clock(settings.start_at)
    ended: list[Mapping[str, Any]] = []
    clients = RefusingClients("http://127.0.0.1:1", settings.region)
    yield Jobs(Environment(settings, clock, clients), Tags(), ended.append)
    clock.close()


def test_a_job_is_not_created_when_its_role_cannot_be_assumed(jobs: Jobs) -> None:
    operations = jobs.operations()
    request = {
        "ProcessingJobName": "job",
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": "image", "ContainerEntrypoint": ["true"]},
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge"}
        },
    }
    with pytest.raises(ServiceError, match=f"Could not assume role {ROLE}") as refused:
        operations["CreateProcessingJob"](request, CONTEXT)
    assert refused.value.code == "ValidationException"
    assert operations["ListProcessingJobs"]({}, CONTEXT) == {"ProcessingJobSummaries": []}
