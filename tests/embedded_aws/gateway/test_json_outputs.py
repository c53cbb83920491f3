"""Answers written without the detour over moto's serializer are those that it would write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.core.serialize import SerializationContext, get_serializer_class

from embedded_aws.gateway.protocol import Target, serialize, service_model

AT = datetime(2026, 11, 1, 2, 0, 0, 123_987, tzinfo=UTC)
OUTPUTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "instants and absent members": (
        "stepfunctions",
        "DescribeExecution",
        {
            "executionArn": "arn",
            "startDate": AT,
            "stopDate": AT.replace(microsecond=0),
            "redriveCount": 2,
            "error": None,
            "inputDetails": {"included": True},
        },
    ),
    "lists of structures and maps": (
        "sagemaker",
        "DescribeProcessingJob",
        {
            "ProcessingJobName": "featurise",
            "ProcessingInputs": [
                {"InputName": "manifest", "AppManaged": False, "S3Input": {"S3Uri": "s3://a/b"}},
                {"InputName": "code"},
            ],
            "Environment": {"A": "1", "B": ""},
            "StoppingCondition": {"MaxRuntimeInSeconds": 900},
            "NetworkConfig": {},
            "CreationTime": AT,
        },
    ),
    "fractions": (
        "sagemaker",
        "DescribeTrainingJob",
        {"FinalMetricDataList": [{"MetricName": "auc", "Value": 1, "Timestamp": AT}]},
    ),
    "bytes": ("kms", "Encrypt", {"CiphertextBlob": b"\x00\xff", "KeyId": "key"}),
    "none at all": ("stepfunctions", "TagResource", {}),
    "no shape": ("sagemaker", "StopTrainingJob", {}),
}


@pytest.mark.parametrize(("service", "name", "output"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_is_written_as_moto_writes_it(
    service: str, name: str, output: dict[str, Any]
) -> None:
    operation = service_model(service).operation_model(name)
    answer = serialize(Target(operation, "json", {}), output, "id")
    writer = get_serializer_class(service, "json")(operation, SerializationContext("id"))
    expected = writer.serialize(output)
    assert json.loads(answer.body) == json.loads(expected["body"])
    assert answer.headers == {**expected["headers"], "x-amzn-RequestId": "id"}
    assert answer.status == expected["status_code"]
