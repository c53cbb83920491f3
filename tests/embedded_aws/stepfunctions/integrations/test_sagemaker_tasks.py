"""SageMaker's optimised integrations, with jobs that really run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

ROLE_ARN = "arn:aws:iam::123456789012:role/machine"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
CODE_PATH = "/opt/ml/processing/input/code"
BUCKET = "task-bucket"


@pytest.fixture(scope="module")
def s3(machines: Any, client: Callable[[str], Any]) -> Any:
    assert machines
    made = client("s3")
    made.create_bucket(Bucket=BUCKET)
    return made


@pytest.fixture(scope="module")
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


def processing(s3: Any, name: str, script: str) -> dict[str, Any]:
    s3.put_object(Bucket=BUCKET, Key=f"{name}/code/script.py", Body=script.encode())
    code = {
        "S3Uri": f"s3://{BUCKET}/{name}/code/",
        "LocalPath": CODE_PATH,
        "S3DataType": "S3Prefix",
        "S3InputMode": "File",
    }
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 10}
    return {
        "ProcessingJobName": name,
        "RoleArn": ROLE_ARN,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"{CODE_PATH}/script.py"],
        },
        "ProcessingResources": {"ClusterConfig": cluster},
        "ProcessingInputs": [{"InputName": "code", "S3Input": code}],
        "Tags": [{"Key": "team", "Value": "fraud"}],
    }


def job(arguments: dict[str, Any], suffix: str = ".sync", **more: Any) -> dict[str, Any]:
    resource = f"arn:aws:states:::sagemaker:createProcessingJob{suffix}"
    return {
        "T": {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True, **more}
    }


def test_a_completed_job_results_in_its_description(machines: Any, jsonata: Any, s3: Any) -> None:
    """Tags as a map, times in epoch milliseconds: as in outputs captured from AWS."""
    outcome = machines.run(jsonata(job(processing(s3, "good", "print('done')"))))
    output = outcome.output
    assert (output["ProcessingJobName"], output["ProcessingJobStatus"]) == ("good", "Completed")
    assert output["Tags"] == {
        "team": "fraud",
        "MANAGED_BY_AWS": "STARTED_BY_STEP_FUNCTIONS",
        "AWS_STEP_FUNCTIONS_EXECUTION_ARN": outcome.arn,
    }
    assert isinstance(output["ProcessingEndTime"], int)
    assert output["ProcessingEndTime"] > 1_793_000_000_000
    assert "FailureReason" not in output


def test_a_job_leaves_its_events(machines: Any, jsonata: Any, s3: Any) -> None:
    outcome = machines.run(jsonata(job(processing(s3, "traced", ""))))
    assert outcome.types[1:-1] == [
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
        "TaskStateExited",
    ]
    submitted = outcome.events[4]["taskSubmittedEventDetails"]
    assert (submitted["resourceType"], submitted["resource"]) == (
        "sagemaker",
        "createProcessingJob.sync",
    )
    answer = json.loads(submitted["output"])
    assert answer["ProcessingJobArn"].endswith(":processing-job/traced")
    assert answer["SdkHttpMetadata"]["HttpStatusCode"] == 200


def test_a_failed_job_is_a_failed_task_with_its_description_as_cause(
    machines: Any, jsonata: Any, s3: Any
) -> None:
    record = machines.run(jsonata(job(processing(s3, "bad", "raise SystemExit(3)")))).record
    assert record["error"] == "States.TaskFailed"
    cause = json.loads(record["cause"])
    assert cause["ProcessingJobStatus"] == "Failed"
    assert cause["FailureReason"].startswith("AlgorithmError")
    assert isinstance(cause["CreationTime"], int)


def test_a_name_that_is_taken(machines: Any, jsonata: Any, s3: Any) -> None:
    """The same name again, as an ASL retry would send it: aws-facts, section 1.3."""
    definition = jsonata(job(processing(s3, "twice", "")))
    assert machines.run(definition).output
    record = machines.run(definition).record
    assert record["error"] == "SageMaker.ResourceInUseException"
    assert "Service: AmazonSageMaker; Status Code: 400;" in record["cause"]


def test_a_request_that_sagemaker_refuses_is_its_base_exception(
    machines: Any, jsonata: Any, s3: Any
) -> None:
    record = machines.run(jsonata(job(processing(s3, "bad_name", "")))).record
    assert record["error"] == "SageMaker.AmazonSageMakerException"
    assert "Error Code: ValidationException" in record["cause"]


def test_request_and_response_does_not_wait(machines: Any, jsonata: Any, s3: Any) -> None:
    outcome = machines.run(jsonata(job(processing(s3, "unwatched", ""), suffix="")))
    assert outcome.output["ProcessingJobArn"].endswith(":processing-job/unwatched")
    assert outcome.output["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert "TaskSubmitted" not in outcome.types


def test_a_stopped_execution_stops_its_job(
    machines: Any, jsonata: Any, s3: Any, sagemaker: Any
) -> None:
    request = processing(s3, "endless", "import time; time.sleep(600)")
    arn = machines.create(jsonata(job(request)))
    started = machines.client.start_execution(stateMachineArn=arn)["executionArn"]
    history = machines.client.get_execution_history
    types: list[str] = []
    while not {"TaskSubmitted", "TaskFailed", "ExecutionFailed"} & set(types):
        types = [event["type"] for event in history(executionArn=started)["events"]]
    machines.client.stop_execution(executionArn=started)
    machines.settle()
    described = sagemaker.describe_processing_job(ProcessingJobName="endless")
    assert described["ProcessingJobStatus"] == "Stopped"


def test_a_task_that_times_out_stops_its_job(
    machines: Any, jsonata: Any, s3: Any, sagemaker: Any
) -> None:
    """The job works, so these seconds are real ones."""
    request = processing(s3, "overrun", "import time; time.sleep(600)")
    outcome = machines.run(jsonata(job(request, TimeoutSeconds=2)))
    assert outcome.record["error"] == "States.Timeout"
    described = sagemaker.describe_processing_job(ProcessingJobName="overrun")
    assert described["ProcessingJobStatus"] == "Stopped"


def test_a_token_may_end_the_wait_for_a_job(
    machines: Any, jsonata: Any, s3: Any, sagemaker: Any
) -> None:
    """API reference, SendTaskSuccess; recorded for another service in test_sync_with_task_token."""
    request = processing(s3, "tokened", "import time; time.sleep(600)")
    # A value of Environment holds no whole token.
    request["Environment"] = {
        f"TOKEN{n}": f"{{% $substring($states.context.Task.Token, {n * 200}, 200) %}}"
        for n in range(4)
    }
    arn = machines.create(jsonata(job(request)))
    started = machines.client.start_execution(stateMachineArn=arn)["executionArn"]
    history = machines.client.get_execution_history
    events: list[dict[str, Any]] = []
    while not {"TaskSubmitted", "ExecutionFailed"} & {event["type"] for event in events}:
        events = history(executionArn=started)["events"]
    scheduled = json.loads(events[2]["taskScheduledEventDetails"]["parameters"])
    token = "".join(scheduled["Environment"][f"TOKEN{n}"] for n in range(4))
    machines.client.send_task_success(taskToken=token, output='"early"')
    sagemaker.stop_processing_job(ProcessingJobName="tokened")
    machines.settle()
    record = machines.client.describe_execution(executionArn=started)
    assert (record["status"], record["output"]) == ("SUCCEEDED", '"early"')
