from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.instance import Instance

Call = Callable[..., Any]


def test_a_service_is_found_by_the_scope_of_the_signature(sagemaker: Call) -> None:
    assert sagemaker("ListTrainingJobs", {}).document == {"TrainingJobSummaries": []}


def test_whatever_is_not_native_goes_to_moto(client: Call) -> None:
    assert client("sns").list_topics()["Topics"] == []


def test_an_operation_that_is_not_supported_answers_501_with_a_json_error(
    sagemaker: Call,
) -> None:
    """Never a 500, which clients would retry."""
    refused = sagemaker("CreateHyperParameterTuningJob", {})
    assert refused.status == 501
    assert (
        "does not support sagemaker:CreateHyperParameterTuningJob" in (refused.document["message"])
    )


def test_a_rest_operation_that_is_not_supported_answers_501_too(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/2020-04-22/code-signing-configs/")
    assert refused.status == 501
    assert "lambda:ListCodeSigningConfigs" in refused.document["message"]


def test_boto3_does_not_retry_what_is_not_supported(client: Call) -> None:
    with pytest.raises(ClientError, match="does not support lambda") as refused:
        client("lambda").list_code_signing_configs()
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_an_operation_that_the_service_never_had_is_unknown(sagemaker: Call) -> None:
    refused = sagemaker("InventSomething", {})
    assert refused.code == "UnknownOperationException"
    assert "SageMaker.InventSomething" in refused.document["message"]


def test_a_path_that_the_service_never_had_is_unknown(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/no/such/path")
    assert refused.code == "UnknownOperationException"
    assert refused.status == 404


def test_a_request_for_another_region_is_refused(sagemaker: Call) -> None:
    refused = sagemaker("ListTrainingJobs", {}, region="eu-west-1")
    assert refused.code == "InvalidRegion"


def test_every_answer_has_a_request_id_of_its_own(sagemaker: Call) -> None:
    ids = {sagemaker("ListTrainingJobs", {}).headers["x-amzn-requestid"] for _ in range(3)}
    assert len(ids) == 3


def test_errors_have_a_request_id_too(sagemaker: Call) -> None:
    assert sagemaker("ListTrainingJobs", {"NoSuch": 1}).headers["x-amzn-requestid"]


def test_the_control_plane_is_no_service(aws: Instance) -> None:
    with urllib.request.urlopen(f"{aws.url}/_embedded/clock") as answer:  # noqa: S310  # loopback
        assert json.loads(answer.read())["now"].startswith("2026-11-01")
