from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[..., Any]

FUNCTION = {
    "FunctionName": "f",
    "Role": "arn:aws:iam::123456789012:role/r",
    "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="},
    "Runtime": "python3.13",
    "Handler": "app.handler",
}


def training_job(**changes: Any) -> dict[str, Any]:
    """A complete request; nothing is wrong with it but the changes."""
    return {
        "TrainingJobName": "job",
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::123456789012:role/r",
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output/"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 10,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"Colour": "red"}, "Value at 'Colour' failed .* Member is unknown"),
        ({"ResourceConfig": {"Colour": 1}}, "'ResourceConfig.Colour' failed .* unknown"),
        ({"TrainingJobName": 7}, "'TrainingJobName' failed .* must be a string"),
        ({"HyperParameters": {"max_depth": 6}}, "'HyperParameters.max_depth' .* a string"),
        ({"HyperParameters": []}, "'HyperParameters' failed .* must be a map"),
        ({"EnableNetworkIsolation": "yes"}, "'EnableNetworkIsolation' .* must be a boolean"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": "600"}}, "must be a integer"),
        ({"RoleArn": None}, "'RoleArn' failed .* must not be null"),
        ({"TrainingJobName": "no_underscores"}, "'TrainingJobName' .* regular expression"),
        ({"TrainingJobName": "j" * 64}, "'TrainingJobName' .* less than or equal to 63"),
        (
            {"AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "Tape"}},
            r"TrainingInputMode' .* enum value set: \[",
        ),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "greater than or equal to 1"),
        ({"Tags": [{"Key": "k"}]}, r"'Tags.1.member.Value' failed .* must not be null"),
    ],
)
def test_a_parameter_that_breaks_the_model_is_refused_by_name(
    changes: dict[str, Any], complaint: str, sagemaker: Call
) -> None:
    refused = sagemaker("CreateTrainingJob", training_job(**changes))
    assert refused.status == 400
    assert refused.code == "ValidationException"
    assert re.search(complaint, refused.document["message"])


def test_every_broken_parameter_is_listed(sagemaker: Call) -> None:
    refused = sagemaker("CreateTrainingJob", {"Colour": "red", "TrainingJobName": 7})
    assert refused.document["message"].startswith("2 validation errors detected: ")


def test_nothing_is_made_of_a_refused_request(sagemaker: Call) -> None:
    sagemaker("CreateTrainingJob", training_job(TrainingJobName="refused", Colour="red"))
    assert sagemaker("ListTrainingJobs", {}).document == {"TrainingJobSummaries": []}


def test_a_body_that_is_not_json_is_a_serialization_error(sagemaker: Call) -> None:
    refused = sagemaker("ListTrainingJobs", b"{")
    assert refused.status == 400
    assert refused.code == "SerializationException"


def test_a_null_is_the_same_as_nothing(sagemaker: Call) -> None:
    assert sagemaker("ListTrainingJobs", {"NameContains": None}).status == 200


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"Colour": "red"}, "'Colour' failed .* unknown"),
        ({"Role": "r"}, "'Role' failed .* regular expression pattern: arn:"),
        ({"Timeout": "3"}, "'Timeout' failed .* must be a integer"),
        ({"Runtime": "cobol"}, "'Runtime' failed .* enum value set"),
        ({"Environment": {"Variables": {"A": "one letter"}}}, "Variables.A' .* pattern"),
        ({"Code": None}, "'Code' failed .* must not be null"),
    ],
)
def test_rest_services_refuse_what_breaks_the_model_with_the_same_code(
    changes: dict[str, Any], complaint: str, aws_lambda: Call
) -> None:
    """Lambda too, although its model lists another code for the values that it checks itself."""
    refused = aws_lambda("POST", "/2015-03-31/functions", {**FUNCTION, **changes})
    assert refused.status == 400
    assert refused.code == "ValidationException"
    assert re.search(complaint, refused.document["message"])


def test_parameters_of_path_and_query_are_checked_too(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/2015-03-31/functions?MaxItems=0")
    assert refused.code == "ValidationException"
    assert "'MaxItems' failed to satisfy" in refused.document["message"]


def test_an_error_of_the_model_has_its_status(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/2015-03-31/functions/none")
    assert refused.status == 404
    assert refused.code == "ResourceNotFoundException"


def test_an_operation_without_output_answers_without_a_body(aws_lambda: Call) -> None:
    deleted = aws_lambda("DELETE", "/2018-10-31/layers/none/versions/1")
    assert deleted.status == 204
    assert deleted.body == b""
