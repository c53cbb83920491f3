"""Nothing connects to another machine: not the instance, not its functions, not its jobs."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from embedded_aws.http_server import HttpServer, NotLoopback
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

pytestmark = pytest.mark.slow

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
# Another region, no endpoint, no credentials: every way that a client might look elsewhere.
WANDERER = """
import os
import sys

seen = set()


def note(event, arguments):
    if event == "socket.connect":
        seen.add(arguments[1][0])
    elif event == "socket.getaddrinfo":
        seen.add(str(arguments[0]))


sys.addaudithook(note)
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ONCE = Config(retries={"total_max_attempts": 1})


def wander():
    for service, operation, region in (
        ("sts", "get_caller_identity", "eu-west-1"),
        ("s3", "list_buckets", "ap-southeast-2"),
        ("sagemaker", "list_models", "us-west-2"),
        ("ec2", "describe_regions", "us-east-1"),
    ):
        client = boto3.client(service, region_name=region, endpoint_url=None, config=ONCE)
        try:
            getattr(client, operation)()
        except (BotoCoreError, ClientError):
            continue
    for name in [it for it in os.environ if it.startswith(("AWS_ACC", "AWS_SEC", "AWS_SESS"))]:
        del os.environ[name]
    assert boto3.Session().get_credentials() is None
    return sorted(seen)


def handler(event, context):
    return wander()
"""
JOB = ["python3", "-c", "import sys; sys.path[:0] = ['/opt/ml/processing/input']; import job"]


@contextmanager
def hosts_sought() -> Iterator[set[str]]:
    """The hosts that this process looks up or connects to, in whichever thread."""
    seen: set[str] = set()
    watching = True

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if watching and event == "socket.connect":
            seen.add(str(arguments[1][0]))
        elif watching and event == "socket.getaddrinfo":
            seen.add(str(arguments[0]))

    # A hook stays for as long as the process lives.
    sys.addaudithook(note)
    try:
        yield seen
    finally:
        watching = False


@pytest.fixture(scope="module")
def role(client: Callable[[str], Any]) -> str:
    return make_role(client("iam"), "wanderer", "lambda", "states", "sagemaker")


def zipped(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


def test_a_state_machine_its_function_and_their_logs_stay_on_loopback(
    aws: Instance, client: Callable[[str], Any], role: str
) -> None:
    with hosts_sought() as sought:
        client("lambda").create_function(
            FunctionName="wanderer",
            Role=role,
            Runtime="python3.13",
            Handler="wanderer.handler",
            Timeout=60,
            Code={"ZipFile": zipped("wanderer.py", WANDERER)},
        )
        call = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "wanderer"},
            "Output": "{% $states.result.Payload %}",
            "End": True,
        }
        definition = {"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": call}}
        stepfunctions = client("stepfunctions")
        machine = stepfunctions.create_state_machine(
            name="wanderer", roleArn=role, definition=json.dumps(definition)
        )
        started = stepfunctions.start_execution(stateMachineArn=machine["stateMachineArn"])
        aws.clock.advance_to(started["startDate"])
        described = stepfunctions.describe_execution(executionArn=started["executionArn"])
    assert json.loads(described["output"]) == ["127.0.0.1"]
    assert sought == {"127.0.0.1"}


def test_a_job_and_its_data_stay_on_loopback(
    aws: Instance, client: Callable[[str], Any], role: str
) -> None:
    reported = WANDERER + "\nassert wander() == ['127.0.0.1'], seen\n"
    with hosts_sought() as sought:
        client("s3").create_bucket(Bucket="wanderer")
        client("s3").put_object(Bucket="wanderer", Key="code/job.py", Body=reported.encode())
        client("sagemaker").create_processing_job(
            ProcessingJobName="wanderer",
            RoleArn=role,
            AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": JOB},
            ProcessingInputs=[
                {
                    "InputName": "code",
                    "S3Input": {
                        "S3Uri": "s3://wanderer/code/",
                        "LocalPath": "/opt/ml/processing/input",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                    },
                }
            ],
            ProcessingResources={
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                    "VolumeSizeInGB": 1,
                }
            },
        )
        aws.clock.advance_to(aws.clock.now())
        job = client("sagemaker").describe_processing_job(ProcessingJobName="wanderer")
    assert (job["ProcessingJobStatus"], job.get("FailureReason")) == ("Completed", None)
    assert sought == {"127.0.0.1"}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # noqa: S104  # what is refused
def test_a_server_refuses_an_address_that_others_can_reach(host: str) -> None:
    with pytest.raises(NotLoopback, match=r"127\.0\.0\.1"):
        HttpServer(0, host)
