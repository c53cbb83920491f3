from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from embedded_aws.sagemaker.lineage.automatic import DELAY_SECONDS
from embedded_aws.testing import make_role

Refused = Callable[..., tuple[str, str]]
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


@pytest.fixture(scope="module")
def job_arn(client: Callable[[str], Any], sagemaker: Any) -> str:
    """A processing job that reads nothing, does nothing and completes."""
    answer = sagemaker.create_processing_job(
        ProcessingJobName="idle",
        RoleArn=make_role(client("iam"), "job", "sagemaker"),
        AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "-c", "pass"]},
        ProcessingResources={
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.xlarge",
                "VolumeSizeInGB": 5,
            }
        },
    )
    return str(answer["ProcessingJobArn"])


def test_a_jobs_trial_component_is_found_by_the_jobs_arn_once_time_has_passed(
    job_arn: str, sagemaker: Any, pass_seconds: Callable[[float], datetime]
) -> None:
    """SageMaker SDK; guide "SageMaker-created tracking entities"."""
    # The first waits for the job to end, the second for SageMaker to record it.
    pass_seconds(0)
    pass_seconds(DELAY_SECONDS)

    (listed,) = sagemaker.list_trial_components(SourceArn=job_arn)["TrialComponentSummaries"]
    described = sagemaker.describe_trial_component(TrialComponentName=listed["TrialComponentName"])
    walked = sagemaker.query_lineage(StartArns=[listed["TrialComponentArn"]])

    assert listed["TrialComponentArn"].endswith("/idle-aws-processing-job")
    assert listed["TrialComponentSource"] == {
        "SourceArn": job_arn,
        "SourceType": "SageMakerProcessingJob",
    }
    assert described["Status"] == {"PrimaryStatus": "Completed"}
    assert described["InputArtifacts"] == {"SageMaker.ImageUri": {"Value": IMAGE}}
    assert [vertex["Type"] for vertex in walked["Vertices"]] == ["ProcessingJob", "Image"]


def test_a_missing_trial_component_is_not_found(sagemaker: Any, refused: Refused) -> None:
    """API reference of DescribeTrialComponent: ResourceNotFound."""
    code, _ = refused(sagemaker.describe_trial_component, TrialComponentName="never-made")

    assert code == "ResourceNotFound"


def test_filters_by_experiment_are_refused_by_name(sagemaker: Any, refused: Refused) -> None:
    _, message = refused(sagemaker.list_trial_components, ExperimentName="any")

    assert "ExperimentName" in message


def test_two_trial_components_cannot_be_associated(sagemaker: Any, refused: Refused) -> None:
    """Guide "Manually create tracking entities": not two experiment entities."""
    code, message = refused(
        sagemaker.add_association,
        SourceArn=f"{PREFIX}:experiment-trial-component/a",
        DestinationArn=f"{PREFIX}:experiment-trial-component/b",
    )

    assert code == "ValidationException"
    assert "experiment" in message
