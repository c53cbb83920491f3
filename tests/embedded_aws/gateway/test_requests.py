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
        ({"Colour": "red"}, "Value at 'colour' failed .* Member is unknown"),
        ({"ResourceConfig": {"Colour": 1}}, "'resourceConfig.colour' failed .* unknown"),
        ({"RoleArn": None}, "Value null at 'roleArn' failed .* must not be null"),
        ({"TrainingJobName": "no_names"}, "'no_names' at 'trainingJobName' .* regular expression"),
        ({"TrainingJobName": "j" * 64}, "'trainingJobName' .* less than or equal to 63"),
        (
            {"AlgorithmSpecification": {"TrainingImage": "i", "TrainingInputMode": "Tape"}},
            r"'Tape' at 'algorithmSpecification.trainingInputMode' .* enum value set: \[",
        ),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0}}, "greater than or equal to 1"),
        ({"Tags": [{"Key": "k"}]}, "Value null at 'tags.1.member.value' failed .* not be null"),
    ],
)
def test_a_parameter_that_breaks_the_model_is_refused_by_name(
    changes: dict[str, Any], complaint: str, sagemaker: Call
) -> None:
    refused = sagemaker("CreateTrainingJob", training_job(**changes))
    assert refused.status == 400
    assert refused.code == "ValidationException"
    assert re.search(complaint, refused.document["message"])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"TrainingJobName": 7}, "NUMBER_VALUE can not be converted to a String"),
        ({"TrainingJobName": True}, "TRUE_VALUE can not be converted to a String"),
        ({"HyperParameters": {"max_depth": 6}}, r"String \(at 'hyperParameters.max_depth'\)"),
        ({"HyperParameters": []}, "Start of list found where not expected"),
        ({"RoleArn": {}}, "Start of structure or map found where not expected"),
        ({"EnableNetworkIsolation": "yes"}, "STRING_VALUE can not be converted to a Boolean"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": "600"}}, "converted to an Integer"),
        ({"StoppingCondition": {"MaxRuntimeInSeconds": 0.5}}, "converted to an Integer"),
    ],
)
def test_a_value_of_the_wrong_json_type_cannot_be_read(
    changes: dict[str, Any], complaint: str, sagemaker: Call
) -> None:
    refused = sagemaker("CreateTrainingJob", training_job(**changes))
    assert refused.status == 400
    assert refused.code == "SerializationException"
    assert re.search(complaint, refused.document["message"])


def test_every_broken_parameter_is_listed(sagemaker: Call) -> None:
    refused = sagemaker("CreateTrainingJob", training_job(TrainingJobName="_", RoleArn="r"))
    assert refused.document["message"].startswith("3 validation errors detected: ")


def test_nothing_is_made_of_a_refused_request(sagemaker: Call) -> None:
    sagemaker("CreateTrainingJob", training_job(TrainingJobName="refused", Colour="red"))
    assert sagemaker("ListTrainingJobs", {}).document == {"TrainingJobSummaries": []}


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b'{"MaxResults": NaN}', b"\xff"])
def test_a_body_that_is_no_json_object_is_a_serialization_error(
    body: bytes, sagemaker: Call
) -> None:
    refused = sagemaker("ListTrainingJobs", body)
    assert refused.status == 400
    assert refused.code == "SerializationException"


def test_a_null_is_the_same_as_nothing(sagemaker: Call) -> None:
    assert sagemaker("ListTrainingJobs", {"NameContains": None}).status == 200


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"Colour": "red"}, "'colour' failed .* unknown"),
        ({"Role": "r"}, "Value 'r' at 'role' failed .* regular expression pattern: arn:"),
        ({"Runtime": "cobol"}, "Value 'cobol' at 'runtime' failed .* enum value set"),
        (
            {"Environment": {"Variables": {"1": "digit"}}},
            r"'environment.variables' failed .* Map keys must satisfy constraint: \[Member must",
        ),
        (
            {"Architectures": ["X86_64"]},
            r"'\[X86_64\]' at 'architectures' .* constraint: \[Member .* \[x86_64, arm64\], Member",
        ),
        ({"Code": None}, "Value null at 'code' failed .* must not be null"),
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
    assert "Value '0' at 'maxItems' failed to satisfy" in refused.document["message"]


def test_an_argument_that_is_no_number_cannot_be_read(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/2015-03-31/functions?MaxItems=few")
    assert refused.status == 400
    assert refused.code == "SerializationException"


def test_an_argument_that_no_operation_takes_is_refused(aws_lambda: Call) -> None:
    refused = aws_lambda("GET", "/2015-03-31/functions?Colour=red")
    assert refused.code == "ValidationException"
    assert "'colour'" in refused.document["message"]


def test_a_list_in_the_query_that_is_absent_is_missing_and_not_empty(aws_lambda: Call) -> None:
    """As recorded from AWS in LocalStack's test_lambda_api (test_tag_exceptions)."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    refused = aws_lambda("DELETE", f"/2017-03-31/tags/{arn}")
    assert refused.document["message"].endswith(
        "Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"
    )


def test_a_form_is_read_as_strictly(form_call: Call) -> None:
    refused = form_call("iam", "ListRoles", MaxItems="few")
    assert refused.status == 400
    assert refused.code == "MalformedInput"
    assert "maxItems" in refused.text("Message")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"Colour": "red"}, "Value at 'colour' .* unknown"),
        ({"Tags.member.2.Key": "a", "Tags.member.2.Value": "b"}, "tags.member.2"),
        ({"MaxSessionDuration": "1"}, "'maxSessionDuration' .* greater than or equal to 3600"),
    ],
)
def test_a_form_with_a_wrong_parameter_is_refused(
    fields: dict[str, str], complaint: str, form_call: Call
) -> None:
    given = {"RoleName": "r", "AssumeRolePolicyDocument": "{}", **fields}
    refused = form_call("iam", "CreateRole", **given)
    assert refused.status == 400
    assert refused.code == "ValidationError"
    assert re.search(complaint, refused.text("Message"))


def test_a_boolean_of_a_form_is_true_or_false(form_call: Call) -> None:
    assert form_call("iam", "ListPolicies", OnlyAttached="true").status == 200
    refused = form_call("iam", "ListPolicies", OnlyAttached="perhaps")
    assert refused.code == "MalformedInput"


@pytest.mark.parametrize(
    "body",
    [
        b"<Tagging",
        b"<Tagging><Colour/></Tagging>",
        b"<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>",
    ],
)
def test_xml_that_does_not_fit_is_malformed_to_s3(body: bytes, s3_call: Call) -> None:
    refused = s3_call("PUT", "/bucket?tagging", body)
    assert refused.status == 400
    assert refused.code == "MalformedXML"
    assert refused.text("Message").startswith("The XML you provided was not well-formed")


@pytest.mark.parametrize(
    ("method", "path", "headers", "code"),
    [
        ("PUT", "/bucket/key", {"x_amz_storage_class": "SHELF"}, "InvalidStorageClass"),
        ("PUT", "/bucket?acl", {"x_amz_acl": "everybody"}, "InvalidArgument"),
        ("GET", "/bucket?list-type=2&max-keys=few", {}, "InvalidArgument"),
        ("PUT", "/bucket?tagging", {}, "MissingRequestBodyError"),
    ],
)
def test_s3_names_each_kind_of_argument(
    method: str, path: str, headers: dict[str, str], code: str, s3_call: Call
) -> None:
    refused = s3_call(method, path, **headers)
    assert refused.status == 400
    assert refused.code == code
