"""A user with a bucket who runs small jobs and waits for their end."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded_aws.clock import Clock
from embedded_aws.instance import Instance
from embedded_aws.testing import make_role

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
ROLE_NAME = "jobs"
ROLE = f"arn:aws:iam::123456789012:role/{ROLE_NAME}"
PERMISSIONS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            "Resource": "arn:aws:s3:::*",
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:*:*:log-group:/aws/sagemaker/*",
        },
    ],
}
BUCKET = "job-bucket"
CODE = "/opt/ml/processing/input/code"
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class JobUser:
    """Makes requests for jobs, each with a name and a prefix of its own."""

    sagemaker: Any
    s3: Any
    logs: Any
    iam: Any
    clock: Clock
    bucket: str = BUCKET
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def name(self) -> str:
        """A job name that no other test has."""
        return f"job-{next(self._numbers)}"

    def role(self, name: str) -> str:
        """Create a role that SageMaker may assume; its ARN."""
        return make_role(self.iam, name, "sagemaker", actions=())

    def put(self, key: str, body: str | bytes) -> str:
        """Write an object; its URI."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def get(self, uri: str) -> bytes:
        """Read an object by its URI."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def keys(self, prefix: str) -> list[str]:
        """What lies below a prefix, relative to it."""
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", ())
        return [entry["Key"].removeprefix(prefix) for entry in found]

    def processing(self, script: str, **members: Any) -> dict[str, Any]:
        """A CreateProcessingJob request that runs a Python script."""
        name = self.name()
        code = self.put(f"{name}/code/script.py", script)
        inputs = [processing_input("code", code, CODE), *members.pop("inputs", ())]
        arguments = members.pop("arguments", [])
        specification = {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"{CODE}/script.py"],
            **({"ContainerArguments": arguments} if arguments else {}),
        }
        cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 10}
        return {
            "ProcessingJobName": name,
            "RoleArn": ROLE,
            "AppSpecification": specification,
            "ProcessingResources": {"ClusterConfig": cluster},
            "ProcessingInputs": inputs,
            **members,
        }

    def training(self, train: str, hyperparameters: dict[str, str], **members: Any) -> Any:
        """A CreateTrainingJob request with one CSV channel."""
        name = self.name()
        return {
            "TrainingJobName": name,
            "RoleArn": ROLE,
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "ResourceConfig": {
                "InstanceCount": 1,
                "InstanceType": "ml.m5.xlarge",
                "VolumeSizeInGB": 10,
            },
            "InputDataConfig": [channel("train", self.put(f"{name}/train/part.csv", train))],
            "OutputDataConfig": {"S3OutputPath": f"s3://{self.bucket}/{name}/models/"},
            "HyperParameters": hyperparameters,
            **members,
        }

    def run_processing(self, script: str, **members: Any) -> dict[str, Any]:
        """Create a processing job; its description once it has ended."""
        request = self.processing(script, **members)
        self.sagemaker.create_processing_job(**request)
        return self.ended_processing(request["ProcessingJobName"])

    def run_training(self, request: dict[str, Any]) -> dict[str, Any]:
        """Create a training job; its description once it has ended."""
        self.sagemaker.create_training_job(**request)
        return self.ended_training(request["TrainingJobName"])

    def ended_processing(self, name: str) -> dict[str, Any]:
        """A processing job's description once it has ended."""
        self._rest()
        return dict(self.sagemaker.describe_processing_job(ProcessingJobName=name))

    def ended_training(self, name: str) -> dict[str, Any]:
        """A training job's description once it has ended."""
        self._rest()
        return dict(self.sagemaker.describe_training_job(TrainingJobName=name))

    def _rest(self) -> None:
        """Wait until nothing works and nobody waits: every job has ended."""
        self.clock.advance_to(self.clock.now())

    def until(self, look: Callable[[], Any], is_done: Callable[[Any], bool]) -> Any:
        """Look again and again until something is so."""
        while not is_done(seen := look()):
            self.clock.sleep(_POLL_SECONDS)
        return seen

    def log(self, group: str, job_name: str) -> list[str]:
        """The messages of a job's only log stream."""
        (messages,) = self._streams(group, job_name)
        return messages

    def logs_of(self, group: str, job_name: str) -> list[str]:
        """The messages of all of a job's hosts, one after another."""
        return [message for stream in self._streams(group, job_name) for message in stream]

    def _streams(self, group: str, job_name: str) -> list[list[str]]:
        streams = self.logs.describe_log_streams(
            logGroupName=group, logStreamNamePrefix=f"{job_name}/"
        )["logStreams"]
        pages = (
            self.logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])
            for stream in streams
        )
        return [[event["message"] for event in page["events"]] for page in pages]


def processing_input(name: str, uri: str, path: str, **members: str) -> dict[str, Any]:
    """A ProcessingInput in File mode."""
    s3_input = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": s3_input | members}


def processing_output(name: str, uri: str, path: str) -> dict[str, Any]:
    """A ProcessingOutput that is uploaded at the end."""
    output = {"S3Uri": uri, "LocalPath": path, "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "S3Output": output}


def channel(name: str, uri: str, content_type: str = "text/csv") -> dict[str, Any]:
    """A training channel in File mode."""
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    return {"ChannelName": name, "DataSource": source, "ContentType": content_type}


@pytest.fixture(scope="session")
def user_of() -> Callable[[Instance], JobUser]:
    """Make a user of an instance, with a bucket and a role for jobs."""

    def make(instance: Instance) -> JobUser:
        sagemaker, s3, logs, iam = (
            boto3.client(
                service,
                endpoint_url=instance.url,
                region_name=instance.environment.settings.region,
                aws_access_key_id="AKIDUSER",
                aws_secret_access_key="unused",
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
            for service in ("sagemaker", "s3", "logs", "iam")
        )
        s3.create_bucket(Bucket=BUCKET)
        user = JobUser(sagemaker, s3, logs, iam, instance.environment.clock)
        user.role(ROLE_NAME)
        iam.put_role_policy(
            RoleName=ROLE_NAME, PolicyName="work", PolicyDocument=json.dumps(PERMISSIONS)
        )
        return user

    return make


@pytest.fixture(scope="module")
def user(aws: Instance, user_of: Callable[[Instance], JobUser]) -> JobUser:
    """A user of this module's instance."""
    return user_of(aws)
