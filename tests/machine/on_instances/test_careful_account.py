"""The stack with a customer's key, VPC, boundary and operator: what comes of each, and holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.machine.application import STACK_NAME, Application
from tests.machine.careful_account import NETWORK, OPERATOR, STRANGER
from tests.machine.rollouts import Rollouts

pytestmark = pytest.mark.slow

QUESTION = {"Operation": "budget"}
JOBS_GROUPS = ("/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs")
ENDPOINTS_GROUPS = tuple(
    f"/aws/sagemaker/Endpoints/{STACK_NAME}-{it}" for it in ("candidate", "production")
)


@pytest.fixture(scope="module")
def parameters(application: Application) -> Mapping[str, str]:
    """The parameters that the stack was deployed with."""
    assert application.deployed is not None
    described = application.client("cloudformation").describe_stacks(StackName=STACK_NAME)
    listed = described["Stacks"][0]["Parameters"]
    return {it["ParameterKey"]: it["ParameterValue"] for it in listed}


@pytest.fixture(scope="module")
def key_arn(parameters: Mapping[str, str]) -> str:
    return parameters["KmsKeyArn"]


@pytest.fixture(scope="module")
def bucket(application: Application) -> str:
    return application.outputs["BucketName"]


@pytest.fixture(scope="module")
def jobs(application: Application, packages: tuple[str, str]) -> list[dict[str, Any]]:
    """The jobs of two nights."""
    assert packages
    return application.jobs()


def test_every_job_encrypts_its_volume_and_its_output(jobs: list[Any], key_arn: str) -> None:
    for job in jobs:
        cluster = job.get("ResourceConfig") or job["ProcessingResources"]["ClusterConfig"]
        output = job.get("OutputDataConfig") or job["ProcessingOutputConfig"]
        assert (cluster["VolumeKmsKeyId"], output["KmsKeyId"]) == (key_arn, key_arn)


def test_every_job_is_isolated_and_in_the_subnets(jobs: list[Any]) -> None:
    assert len(jobs) >= 6
    for job in jobs:
        network = job.get("NetworkConfig", job)
        assert (network["EnableNetworkIsolation"], network["VpcConfig"]) == (True, NETWORK)


@pytest.mark.usefixtures("served")
def test_production_is_encrypted_isolated_and_in_the_subnets(
    application: Application, rollouts: Rollouts, key_arn: str
) -> None:
    config, model = described(application, rollouts.config(rollouts.production))
    assert config["KmsKeyId"] == key_arn
    assert (model["EnableNetworkIsolation"], model["VpcConfig"]) == (True, NETWORK)


@pytest.mark.usefixtures("packages")
def test_the_serverless_candidate_asks_for_nothing_that_serverless_endpoints_refuse(
    application: Application, rollouts: Rollouts
) -> None:
    config, model = described(application, rollouts.config(rollouts.candidate))
    assert "ServerlessConfig" in config["ProductionVariants"][0]
    assert {"KmsKeyId"} & config.keys() == {"VpcConfig"} & model.keys() == set()


def described(application: Application, config_name: str) -> tuple[Any, Any]:
    """An endpoint configuration and its model."""
    sagemaker = application.client("sagemaker")
    config = sagemaker.describe_endpoint_config(EndpointConfigName=config_name)
    name = config["ProductionVariants"][0]["ModelName"]
    return config, sagemaker.describe_model(ModelName=name)


@pytest.mark.usefixtures("packages")
def test_everything_in_the_bucket_is_encrypted_with_the_key(
    application: Application, bucket: str, key_arn: str
) -> None:
    s3 = application.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [it["Key"] for page in pages for it in page.get("Contents", [])]
    assert {key.partition("/")[0] for key in keys} >= {"labelled", "datasets", "runs", "lineage"}
    used = {s3.head_object(Bucket=bucket, Key=key).get("SSEKMSKeyId") for key in keys}
    assert used == {key_arn}


def test_topic_queue_and_every_log_group_of_the_stack_have_the_key(
    application: Application, key_arn: str
) -> None:
    topic = application.outputs["NotificationTopicArn"]
    of_topic = application.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    url = application.physical_id("DeadLetterQueue")
    of_queue = application.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["KmsMasterKeyId"]
    )["Attributes"]
    assert of_topic["KmsMasterKeyId"] == of_queue["KmsMasterKeyId"] == key_arn
    pages = application.client("logs").get_paginator("describe_log_groups").paginate()
    groups = [it for page in pages for it in page["logGroups"] if STACK_NAME in it["logGroupName"]]
    own = [it for it in groups if not it["logGroupName"].startswith("/aws/sagemaker/")]
    assert len(own) > 10
    assert {it.get("kmsKeyId") for it in own} == {key_arn}
    assert all("retentionInDays" in it for it in own)


def test_every_role_of_the_stack_is_bounded(
    application: Application, parameters: Mapping[str, str]
) -> None:
    iam, bounded = application.client("iam"), set()
    pages = application.client("cloudformation").get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=STACK_NAME):
        for it in page["StackResourceSummaries"]:
            if it["ResourceType"] == "AWS::IAM::Role":
                role = iam.get_role(RoleName=it["PhysicalResourceId"])["Role"]
                bounded.add(role["PermissionsBoundary"]["PermissionsBoundaryArn"])
    assert bounded == {parameters["PermissionsBoundaryArn"]}


def acting(application: Application, role: str, service: str) -> Any:
    """A client that acts as one of the account's roles of people."""
    iam = application.client("iam")
    iam.create_user(UserName=f"{role}-{service}")
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    iam.put_user_policy(UserName=f"{role}-{service}", PolicyName="assume", PolicyDocument=policy)
    key = iam.create_access_key(UserName=f"{role}-{service}")["AccessKey"]
    sts = signed(application, "sts", key)
    arn = iam.get_role(RoleName=role)["Role"]["Arn"]
    session = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return signed(application, service, session)


def signed(application: Application, service: str, key: Mapping[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=application.aws.url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"),
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_the_operators_role_may_ask_about_lineage_and_a_stranger_may_not(
    application: Application,
) -> None:
    asked = {
        "FunctionName": application.outputs["QueryLineageFunctionName"],
        "Payload": json.dumps(QUESTION).encode(),
    }
    answer = acting(application, OPERATOR, "lambda").invoke(**asked)
    assert "FunctionError" not in answer
    with pytest.raises(ClientError, match="lambda:InvokeFunction"):
        acting(application, STRANGER, "lambda").invoke(**asked)


def test_the_operators_role_may_ask_and_nothing_else(application: Application) -> None:
    sender = acting(application, OPERATOR, "s3")
    with pytest.raises(ClientError, match="AccessDenied"):
        sender.get_object(Bucket=application.outputs["BucketName"], Key="labelled/x")


def test_the_bucket_answers_nobody_without_tls(application: Application, bucket: str) -> None:
    """Not even the account's own root user, whom nothing else is denied here."""
    s3 = application.client("s3", total_max_attempts=1)
    s3.list_objects_v2(Bucket=bucket, MaxKeys=1)

    def say_so(params: dict[str, Any], **_: object) -> None:
        params["headers"]["X-Forwarded-Proto"] = "http"

    s3.meta.events.register("before-call.s3", say_so)
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        s3.put_object(Bucket=bucket, Key="labelled/x", Body=b"")


def test_the_bucket_can_be_opened_to_nobody(application: Application, bucket: str) -> None:
    s3 = application.client("s3")
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everybody]})
    with pytest.raises(ClientError, match="BlockPublicPolicy"):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    with pytest.raises(ClientError, match="BlockPublicAcls"):
        s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    anonymous = boto3.client(
        "s3",
        endpoint_url=application.aws.url,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED),
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        anonymous.list_objects_v2(Bucket=bucket)


def test_what_fails_is_told_and_kept_through_the_key(application: Application) -> None:
    """Notices go through the topic, and events that are given up on through the queue."""
    failed = application.run({"DataDate": "tomorrow"})
    assert failed.status == "FAILED"
    application.client("lambda").invoke(
        FunctionName=application.physical_id("StartNightFunction"),
        Qualifier="live",
        InvocationType="Event",
        Payload=b'{"no": "such event"}',
    )
    application.aws.advance_to(application.now() + timedelta(minutes=10))
    received = application.client("sqs").receive_message(
        QueueUrl=application.physical_id("DeadLetterQueue"), MaxNumberOfMessages=10
    )
    assert any("such event" in message["Body"] for message in received["Messages"])


@pytest.mark.usefixtures("packages")
def test_the_scheduler_bounds_the_logs_that_sagemaker_makes(
    application: Application, parameters: Mapping[str, str]
) -> None:
    logs, scheduler = application.client("logs"), application.client("scheduler")
    for group in ENDPOINTS_GROUPS:  # which the first request makes that an endpoint logs
        logs.create_log_group(logGroupName=group)
    soon = application.now() + timedelta(minutes=1)
    for which in ("Candidate", "Production", "Processing", "Training"):
        schedule = scheduler.get_schedule(Name=application.physical_id(f"{which}LogRetention"))
        kept = {name: schedule[name] for name in ("Name", "FlexibleTimeWindow", "State", "Target")}
        scheduler.update_schedule(ScheduleExpression=f"at({soon:%Y-%m-%dT%H:%M:%S})", **kept)
    application.aws.advance_to(soon + timedelta(minutes=2))
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/sagemaker/")
    assert {
        group["logGroupName"]: group["retentionInDays"]
        for page in pages
        for group in page["logGroups"]
    } == {
        **dict.fromkeys(JOBS_GROUPS, int(parameters["JobLogRetentionDays"])),
        **dict.fromkeys(ENDPOINTS_GROUPS, int(parameters["LogRetentionDays"])),
    }
