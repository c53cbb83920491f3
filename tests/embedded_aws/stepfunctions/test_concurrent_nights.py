"""Twenty executions of a machine with a function and a job each, all at once."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

NIGHTS = 20
PATIENCE_SECONDS = 30
ROLE_ARN = "arn:aws:iam::123456789012:role/machine"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
CODE = """
def handler(event, context):
    return {"night": event["night"], "execution": event["execution"]}
"""


@pytest.fixture(scope="module")
def function_arn(machines: Any, client: Callable[[str], Any]) -> str:
    assert machines
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("code.py", CODE)
    made = client("lambda").create_function(
        FunctionName="prepare",
        Runtime="python3.13",
        Handler="code.handler",
        Role=ROLE_ARN,
        Timeout=60,
        Code={"ZipFile": archive.getvalue()},
    )
    return str(made["FunctionArn"])


@pytest.fixture(scope="module")
def definition(function_arn: str, jsonata: Any) -> Any:
    """Prepare in a function, featurise in a job, wait an hour, look twice at what one knows."""
    prepare = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": function_arn,
            "Payload": {
                "night": "{% $states.input.night %}",
                "execution": "{% $states.context.Execution.Name %}",
            },
        },
        "Assign": {"night": "{% $states.result.Payload %}"},
        "Next": "Featurise",
    }
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 10}
    featurise = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
        "Arguments": {
            "ProcessingJobName": "{% 'featurise-' & $night.night %}",
            "RoleArn": ROLE_ARN,
            "AppSpecification": {
                "ImageUri": IMAGE,
                "ContainerEntrypoint": ["python3", "-S", "-c", "pass"],
            },
            "Environment": {"NIGHT": "{% $string($night.night) %}"},
            "ProcessingResources": {"ClusterConfig": cluster},
        },
        "TimeoutSeconds": 3600,
        "Assign": {"job": "{% $states.result %}"},
        "Next": "Wait",
    }
    know = {"Type": "Pass", "Output": "{% [$night.night, $job.Environment.NIGHT] %}", "End": True}
    branches = [{"StartAt": f"Know{n}", "States": {f"Know{n}": know}} for n in range(2)]
    return jsonata(
        {
            "Prepare": prepare,
            "Featurise": featurise,
            "Wait": {"Type": "Wait", "Seconds": 3600, "Next": "Look"},
            "Look": {"Type": "Parallel", "Branches": branches, "End": True},
        },
        TimeoutSeconds=86_400,
    )


def all_at_once(start: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=start, args=(number,)) for number in range(NIGHTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def is_of_an_execution(thread: str, prefix: str) -> bool:
    return thread.startswith(prefix) or ":task" in thread or "#" in thread


@pytest.mark.slow
def test_twenty_nights_at_once_end_and_keep_their_data_apart(
    machines: Any, definition: Any, client: Callable[[str], Any]
) -> None:
    arn = machines.create(definition)
    steps = machines.client

    def start(number: int) -> None:
        steps.start_execution(
            stateMachineArn=arn, name=f"night-{number}", input=f'{{"night": {number}}}'
        )

    all_at_once(start)
    machines.settle()
    prefix = arn.replace(":stateMachine:", ":execution:")
    for number in range(NIGHTS):
        record = steps.describe_execution(executionArn=f"{prefix}:night-{number}")
        assert record["status"] == "SUCCEEDED", (record.get("error"), record.get("cause"))
        assert record["output"] == f'[[{number},"{number}"],[{number},"{number}"]]'
        seconds = (record["stopDate"] - record["startDate"]).total_seconds()
        assert 3600 <= seconds < 4200
    jobs = client("sagemaker").list_processing_jobs(NameContains="featurise-", MaxResults=100)
    assert len(jobs["ProcessingJobSummaries"]) == NIGHTS
    # Their work is over a moment before they are: one that leaks outlasts any patience.
    left = [it for it in threading.enumerate() if is_of_an_execution(it.name, prefix)]
    for thread in left:
        thread.join(PATIENCE_SECONDS)
    assert [thread.name for thread in left if thread.is_alive()] == []
