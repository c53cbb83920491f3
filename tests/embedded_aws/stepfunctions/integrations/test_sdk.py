"""``aws-sdk`` tasks against real services of the instance."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def s3(client: Callable[[str], Any]) -> Any:
    made = client("s3")
    made.create_bucket(Bucket="sdk-bucket")
    made.put_object(Bucket="sdk-bucket", Key="note.txt", Body=b"hello")
    return made


def task(action: str, arguments: Any, **more: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::aws-sdk:{action}"
    return {
        "T": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True, **more}
    }


def test_a_result_is_the_response_with_times_as_text(machines: Any, jsonata: Any, s3: Any) -> None:
    assert s3
    outcome = machines.run(
        jsonata(task("s3:headObject", {"Bucket": "sdk-bucket", "Key": "note.txt"}))
    )
    assert outcome.output["ContentLength"] == 5
    assert outcome.output["LastModified"].startswith("2026-11-01T")
    assert outcome.output["LastModified"].endswith("Z")
    assert "ResponseMetadata" not in outcome.output


def test_a_body_is_text(machines: Any, jsonata: Any, s3: Any) -> None:
    outcome = machines.run(
        jsonata(task("s3:getObject", {"Bucket": "sdk-bucket", "Key": "note.txt"}))
    )
    assert outcome.output["Body"] == "hello"
    assert s3


def test_a_body_given_as_an_object_is_sent_as_its_json(
    machines: Any, jsonata: Any, s3: Any
) -> None:
    arguments = {"Bucket": "sdk-bucket", "Key": "doc.json", "Body": {"a": [1, None]}}
    assert machines.run(jsonata(task("s3:putObject", arguments))).output["ETag"]
    body = s3.get_object(Bucket="sdk-bucket", Key="doc.json")["Body"].read()
    assert body == b'{"a":[1,null]}'


def test_a_modelled_error_keeps_its_name(machines: Any, jsonata: Any, s3: Any) -> None:
    """Recorded on AWS for LocalStack's test_s3_no_such_key."""
    assert s3
    record = machines.run(
        jsonata(task("s3:getObject", {"Bucket": "sdk-bucket", "Key": "gone"}))
    ).record
    assert record["error"] == "S3.NoSuchKeyException"
    assert "(Service: S3, Status Code: 404, Request ID: " in record["cause"]


def test_any_other_error_is_the_services_own(machines: Any, jsonata: Any) -> None:
    arguments = {"TrainingJobName": "gone"}
    record = machines.run(jsonata(task("sagemaker:describeTrainingJob", arguments))).record
    assert record["error"] == "SageMaker.SageMakerException"


def test_members_of_other_case_are_pascal_case_too(machines: Any, jsonata: Any) -> None:
    """Recorded on AWS for LocalStack's test_sfn_start_execution."""
    target = machines.create(jsonata({"S": {"Type": "Succeed"}}))
    arguments = {"StateMachineArn": target, "Input": {"key": "value"}, "Name": "inner"}
    output = machines.run(jsonata(task("sfn:startExecution", arguments))).output
    assert sorted(output) == ["ExecutionArn", "StartDate"]
    inner = machines.client.describe_execution(executionArn=output["ExecutionArn"])
    assert json.loads(inner["input"]) == {"key": "value"}


def test_a_computed_argument_that_the_api_does_not_have_fails_before_the_call(
    machines: Any, jsonata: Any
) -> None:
    outcome = machines.run(
        jsonata(task("s3:listObjectsV2", "{% $states.input %}")), {"Bucket": "b", "Prefx": "p"}
    )
    assert outcome.record["error"] == "States.Runtime"
    assert "The field 'Prefx' is not supported by Step Functions" in outcome.record["cause"]
    assert "TaskScheduled" not in outcome.types


def test_a_task_leaves_its_events(machines: Any, jsonata: Any) -> None:
    """Recorded on AWS for LocalStack's test_list_secrets."""
    outcome = machines.run(jsonata(task("s3:listBuckets", {}, TimeoutSeconds=30)))
    assert outcome.types[1:-1] == [
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
    ]
    scheduled = outcome.events[2]["taskScheduledEventDetails"]
    assert scheduled == {
        "resourceType": "aws-sdk:s3",
        "resource": "listBuckets",
        "region": "us-east-1",
        "parameters": "{}",
        "timeoutInSeconds": 30,
    }


def test_a_result_above_256_kib_fails(machines: Any, jsonata: Any, s3: Any) -> None:
    """Recorded on AWS for LocalStack's test_service_task_lambada_data_limit_exceeded."""
    s3.put_object(Bucket="sdk-bucket", Key="big", Body=b"x" * 262_144)
    record = machines.run(
        jsonata(task("s3:getObject", {"Bucket": "sdk-bucket", "Key": "big"}))
    ).record
    assert record["error"] == "States.DataLimitExceeded"
    assert record["cause"].endswith(
        "returned a result with a size exceeding the maximum number of bytes service limit."
    )
