"""What is decided fast is what the listing of problems comes to."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import Shape

from embedded_aws.gateway.fitting import fitting
from embedded_aws.gateway.protocol import service_model
from embedded_aws.gateway.shapes import _problems

JOB = {"ProcessingJobName": "night-1", "RoleArn": "arn:aws:iam::123456789012:role/jobs"}
RESOURCES = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
WHOLE = {
    **JOB,
    "ProcessingResources": {"ClusterConfig": RESOURCES},
    "AppSpecification": {"ImageUri": "image", "ContainerEntrypoint": ["python"]},
    "Environment": {"NIGHT": "1"},
}


def shape(name: str) -> Shape:
    return service_model("sagemaker").shape_for(name)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Environment": None},
        {"ProcessingJobName": None},
        {"ProcessingJobName": "-"},
        {"ProcessingJobName": 1},
        {"Nights": 1},
        {"Nights": None},
        {"Environment": []},
        {"Environment": {"NIGHT": None}},
        {"Environment": {"1": "no name"}},
        {"AppSpecification": {"ImageUri": "image", "ContainerEntrypoint": []}},
        {"AppSpecification": {"ImageUri": "image", "ContainerEntrypoint": [None]}},
        {"Tags": [{"Key": "night", "Value": "1"}, {"Key": "night"}]},
        {"Tags": [None]},
        {"ProcessingResources": {"ClusterConfig": {**RESOURCES, "InstanceCount": 0}}},
        {"ProcessingResources": {"ClusterConfig": {**RESOURCES, "InstanceCount": True}}},
        {"ProcessingResources": {"ClusterConfig": {**RESOURCES, "InstanceType": "none"}}},
    ],
)
def test_a_value_fits_unless_something_is_wrong_with_it(changed: dict[str, Any]) -> None:
    request = shape("CreateProcessingJobRequest")
    value = {**WHOLE, **changed}
    assert fitting(request)(value) == (not list(_problems(request, value, "")))
