"""Names of API errors inside an execution: those of the Java SDKs."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.gateway.protocol import service_model
from embedded_aws.stepfunctions.integrations.service_errors import api_failure, java_prefix


@pytest.mark.parametrize(
    ("service", "prefix"),
    [
        ("sagemaker", "SageMaker"),
        ("dynamodb", "DynamoDb"),
        ("stepfunctions", "Sfn"),
        ("s3", "S3"),
        ("secretsmanager", "SecretsManager"),
        ("logs", "CloudWatchLogs"),
        ("ecr", "Ecr"),
    ],
)
def test_a_service_is_named_as_the_sdk_for_java_v2_names_it(service: str, prefix: str) -> None:
    assert java_prefix(service_model(service)) == prefix


def error(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "what happened"},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1"},
    }
    return ClientError(answer, "Call")


@pytest.mark.parametrize(
    ("service", "optimised_as", "code", "name"),
    [
        (
            "sagemaker",
            "SageMaker",
            "ResourceLimitExceeded",
            "SageMaker.ResourceLimitExceededException",
        ),
        ("sagemaker", "SageMaker", "ResourceInUse", "SageMaker.ResourceInUseException"),
        ("sagemaker", "SageMaker", "ThrottlingException", "SageMaker.AmazonSageMakerException"),
        ("sagemaker", "SageMaker", "AccessDeniedException", "SageMaker.AmazonSageMakerException"),
        ("sagemaker", "SageMaker", "ValidationException", "SageMaker.AmazonSageMakerException"),
        ("sagemaker", "", "ThrottlingException", "SageMaker.SageMakerException"),
        ("sagemaker", "", "ConflictException", "SageMaker.ConflictException"),
        ("sagemaker", "", "ResourceNotFound", "SageMaker.ResourceNotFoundException"),
        ("s3", "", "NoSuchBucket", "S3.NoSuchBucketException"),
        ("s3", "", "InvalidBucketName", "S3.S3Exception"),
        ("lambda", "Lambda", "ServiceException", "Lambda.ServiceException"),
        ("lambda", "Lambda", "TooManyRequestsException", "Lambda.TooManyRequestsException"),
        ("lambda", "Lambda", "AccessDeniedException", "Lambda.AWSLambdaException"),
    ],
)
def test_modelled_errors_keep_their_name_all_others_are_the_services(
    service: str, optimised_as: str, code: str, name: str
) -> None:
    assert api_failure(error(code), service_model(service), optimised_as).error == name


def test_an_optimised_cause_is_worded_as_by_the_sdk_for_java_v1() -> None:
    failure = api_failure(error("ThrottlingException"), service_model("sagemaker"), "SageMaker")
    assert failure.cause == (
        "what happened (Service: AmazonSageMaker; Status Code: 400; Error Code:"
        " ThrottlingException; Request ID: r-1; Proxy: null)"
    )


def test_an_sdk_cause_is_worded_as_by_the_sdk_for_java_v2() -> None:
    failure = api_failure(error("NoSuchKey", 404), service_model("s3"), "")
    assert failure.cause == (
        "what happened (Service: S3, Status Code: 404, Request ID: r-1) (SDK Attempt Count: 1)"
    )
