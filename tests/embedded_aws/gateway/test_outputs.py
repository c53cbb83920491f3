"""Outputs that a native service must not, or may, answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from embedded_aws.gateway.app import Gateway
from embedded_aws.gateway.call import HttpAnswer
from embedded_aws.gateway.outputs import answer_problems, output_problems
from embedded_aws.gateway.protocol import service_model
from embedded_aws.settings import Settings

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:123456789012:training-job/j"
TRAINING_JOB = {
    "TrainingJobName": "j",
    "TrainingJobArn": ARN,
    "TrainingJobStatus": "InProgress",
    "SecondaryStatus": "Training",
    "AlgorithmSpecification": {"TrainingInputMode": "File"},
    "ResourceConfig": {"VolumeSizeInGB": 5},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "CreationTime": NOW,
}
MODEL_PACKAGE = {
    "ModelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/g/1",
    "CreationTime": NOW,
    "ModelPackageStatus": "Completed",
    "ModelPackageStatusDetails": {"ValidationStatuses": []},
}


def stack_event(status: str) -> dict[str, Any]:
    event = {"StackId": "s", "EventId": "e", "StackName": "s", "Timestamp": NOW}
    return {"StackEvents": [{**event, "ResourceStatus": status}]}


def found(service: str, operation: str, output: dict[str, Any]) -> list[str]:
    model = service_model(service).operation_model(operation)
    return [f"{problem.path}: {problem.what}" for problem in output_problems(model, output)]


@pytest.mark.parametrize(
    ("service", "operation", "output"),
    [
        ("sagemaker", "DescribeTrainingJob", TRAINING_JOB),
        ("sagemaker", "DescribeModelPackage", MODEL_PACKAGE),
        ("sagemaker", "DescribeArtifact", {"Properties": {"metrics": "x" * 4096}}),
        ("sagemaker", "DeleteEndpoint", {}),
        ("cloudformation", "DescribeStackEvents", stack_event("REVIEW_IN_PROGRESS")),
        ("ssm", "DeleteParameters", {"DeletedParameters": [], "InvalidParameters": ["/p"]}),
        ("s3", "ListObjectVersions", {"Versions": [{"StorageClass": "STANDARD_IA"}]}),
    ],
)
def test_what_aws_itself_answers_has_no_problems(
    service: str, operation: str, output: dict[str, Any]
) -> None:
    assert found(service, operation, output) == []


@pytest.mark.parametrize(
    ("operation", "output", "problem"),
    [
        ("ListTrainingJobs", {}, "TrainingJobSummaries: Member must not be null"),
        ("DescribeTrainingJob", {**TRAINING_JOB, "TrainingJobArn": None}, "TrainingJobArn: "),
        ("DescribeTrainingJob", {**TRAINING_JOB, "SecondaryStatus": "Resting"}, "SecondaryStatus"),
        ("DescribeTrainingJob", {**TRAINING_JOB, "Colour": "red"}, "Colour: Member is unknown"),
        ("DescribeTrainingJob", {**TRAINING_JOB, "CreationTime": 0}, "CreationTime: Member must"),
        ("DescribeModelPackage", {**MODEL_PACKAGE, "ModelPackageArn": "x"}, "ModelPackageArn: "),
    ],
)
def test_an_output_that_breaks_the_model_is_named(
    operation: str, output: dict[str, Any], problem: str
) -> None:
    (only,) = found("sagemaker", operation, output)
    assert only.startswith(problem)


def on_wire(body: bytes, *, status: int = 200, **headers: str) -> HttpAnswer:
    return HttpAnswer(status, headers, body)


def broken(service: str, operation: str, protocol: str, answered: HttpAnswer) -> list[str]:
    model = service_model(service).operation_model(operation)
    return [f"{p.path}: {p.what}" for p in answer_problems(model, protocol, answered)]


@pytest.mark.parametrize(
    ("operation", "body", "problem"),
    [
        ("GetParameter", b'{"Parameter": {"Version": "1"}}', "Parameter.Version: Member must be"),
        ("GetParameter", b'{"Parameter": {"Colour": 1}}', "Parameter.Colour: Member is unknown"),
        ("GetParameter", b'{"Parameter": {"Type": "Number"}}', "Parameter.Type: Member must sat"),
        ("GetParameter", b"[]", "$: the answer cannot be parsed"),
    ],
)
def test_a_json_answer_is_read_as_a_client_would(operation: str, body: bytes, problem: str) -> None:
    assert broken("ssm", operation, "json", on_wire(body))[0].startswith(problem)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<R><GetUserResult/></R>", "User: Member must not be null"),
        (b"<R/>", "$: the answer cannot be parsed"),
        (b"no XML", "$: the answer cannot be parsed"),
    ],
)
def test_an_xml_answer_is_read_as_a_client_would(body: bytes, problem: str) -> None:
    assert broken("iam", "GetUser", "query", on_wire(body))[0].startswith(problem)


def test_the_headers_of_an_answer_are_checked_too() -> None:
    listed = on_wire(b"", **{"x-amz-server-side-encryption": "rot13"})
    (only,) = broken("s3", "PutObject", "rest-xml", listed)
    assert only.startswith("ServerSideEncryption: Member must satisfy enum")


def test_content_that_is_streamed_is_not_read() -> None:
    assert broken("s3", "GetObject", "rest-xml", on_wire(b"<no XML")) == []


def test_an_error_without_a_code_is_broken() -> None:
    assert broken("ssm", "GetParameter", "json", on_wire(b'{"__type": ""}', status=400)) == [
        "Error.Code: Member must not be null"
    ]


class Careless:
    """A SageMaker that forgets the one member that a list must have."""

    name = "sagemaker"

    def operations(self) -> dict[str, Any]:
        return {"ListTrainingJobs": lambda *_: {"NextToken": "n"}}

    def close(self) -> None: ...


def nothing(environ: object, start: object) -> Iterator[bytes]:
    raise NotImplementedError


class Crashing(Careless):
    def operations(self) -> dict[str, Any]:
        return {"ListTrainingJobs": self.crash}

    def crash(self, *_: object) -> None:
        message = "a slip"
        raise RuntimeError(message)


def listed_jobs(service: Careless, scratch: Path) -> Response:
    gateway = Client(Gateway(Settings(scratch=scratch), [service], nothing, nothing), Response)
    return gateway.post(
        "/",
        headers={
            "Authorization": "AWS4-HMAC-SHA256 "
            "Credential=AKIDUSER/20261101/us-east-1/sagemaker/aws4_request",
            "X-Amz-Target": "SageMaker.ListTrainingJobs",
            "Content-Type": "application/x-amz-json-1.1",
        },
        input_stream=BytesIO(b"{}"),
        content_length=2,
    )


def test_a_service_that_breaks_its_own_model_fails_loudly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = listed_jobs(Careless(), tmp_path)
    assert answer.status_code == 500
    document = json.loads(answer.data)
    assert document["__type"] == "InternalFailure"
    assert "the output of ListTrainingJobs" in document["message"]
    assert "'TrainingJobSummaries' failed to satisfy constraint" in document["message"]
    assert document["message"] in caplog.text


def test_a_service_that_crashes_says_so_in_its_own_protocol(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = listed_jobs(Crashing(), tmp_path)
    assert answer.status_code == 500
    document = json.loads(answer.data)
    assert document["__type"] == "InternalFailure"
    assert "failed on sagemaker:ListTrainingJobs: RuntimeError('a slip')" in document["message"]
    assert "Traceback" in caplog.text
