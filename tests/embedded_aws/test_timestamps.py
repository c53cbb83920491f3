"""Every time that an answer tells is the virtual clock's, whoever emulates the service."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
import pytest

from embedded_aws.instance import Instance

Make = Callable[[str], Any]

FAR = timedelta(days=400)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "123456789012"},
            "Action": "sts:AssumeRole",
        },
    }
)
ALLOW = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


@pytest.fixture
def now(aws: Instance) -> datetime:
    """A virtual instant that is far from the machine's."""
    aws.clock.advance_to(max(aws.clock.now(), datetime.now(UTC) + FAR))
    return aws.clock.now()


def instants(answer: object) -> Iterator[datetime]:
    """Every time in an answer, those in milliseconds and in headers too."""
    if isinstance(answer, datetime):
        yield answer
    elif isinstance(answer, dict):
        for key, value in answer.items():
            if key == "date":
                yield parsedate_to_datetime(value)
            elif isinstance(value, int) and key.lower().endswith(("time", "timestamp")):
                yield datetime.fromtimestamp(value / 1000, UTC)
            else:
                yield from instants(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from instants(value)


def in_s3(s3: Any) -> Any:
    s3.create_bucket(Bucket="stamped")
    s3.put_object(Bucket="stamped", Key="key", Body=b"x")
    return [
        s3.list_buckets(),
        s3.list_objects_v2(Bucket="stamped"),
        s3.head_bucket(Bucket="stamped"),
    ]


def in_iam(iam: Any) -> Any:
    role = iam.create_role(RoleName="stamped", AssumeRolePolicyDocument=TRUST)
    user = iam.create_user(UserName="stamped")
    return [role, user, iam.create_access_key(UserName="stamped")]


def in_kms(kms: Any) -> Any:
    key = kms.create_key()
    return [key, kms.describe_key(KeyId=key["KeyMetadata"]["KeyId"])]


def in_logs(logs: Any) -> Any:
    group = {"logGroupName": "stamped"}
    logs.create_log_group(**group)
    logs.create_log_stream(**group, logStreamName="stream")
    return [
        logs.describe_log_groups(logGroupNamePrefix="stamped"),
        logs.describe_log_streams(**group),
    ]


def in_cloudwatch(cloudwatch: Any) -> Any:
    cloudwatch.put_metric_alarm(
        AlarmName="stamped", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
        MetricName="m", Namespace="n", Period=60, Statistic="Sum", Threshold=1.0,
    )  # fmt: skip
    return cloudwatch.describe_alarms(AlarmNames=["stamped"])


def in_ssm(ssm: Any) -> Any:
    ssm.put_parameter(Name="stamped", Value="x", Type="String")
    return ssm.get_parameter(Name="stamped")


def in_events(events: Any) -> Any:
    bus_arn = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    return events.create_archive(ArchiveName="stamped", EventSourceArn=bus_arn)


def in_ecr(ecr: Any) -> Any:
    return ecr.create_repository(repositoryName="stamped")


def in_sagemaker(sagemaker: Any) -> Any:
    sagemaker.create_model_package_group(ModelPackageGroupName="stamped")
    return sagemaker.list_model_package_groups()


def in_sqs(sqs: Any) -> Any:
    url = sqs.create_queue(QueueName="stamped")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    received = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"][0]
    return {name: int(text) for name, text in received["Attributes"].items() if "Time" in name}


@pytest.mark.parametrize(
    "asked",
    [
        in_s3,
        in_iam,
        in_kms,
        in_logs,
        in_cloudwatch,
        in_ssm,
        in_events,
        in_ecr,
        in_sqs,
        in_sagemaker,
    ],
)
def test_every_time_in_an_answer_is_virtual(
    aws: Instance, client: Make, now: datetime, asked: Callable[[Any], Any]
) -> None:
    service = asked.__name__.removeprefix("in_")
    found = list(instants(asked(client(service))))
    assert found
    # Headers are cut to the second.
    earliest, latest = now - timedelta(seconds=1), aws.clock.now()
    assert [it for it in found if not earliest <= it <= latest] == []


def test_a_session_ends_in_virtual_time(aws: Instance, client: Make, now: datetime) -> None:
    iam = client("iam")
    iam.create_user(UserName="assumer")
    iam.put_user_policy(UserName="assumer", PolicyName="all", PolicyDocument=ALLOW)
    key = iam.create_access_key(UserName="assumer")["AccessKey"]
    role = iam.create_role(RoleName="assumed", AssumeRolePolicyDocument=TRUST)["Role"]
    sts = boto3.client(
        "sts", endpoint_url=aws.url, region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
    )  # fmt: skip
    session = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="brief", DurationSeconds=900)
    lasts = session["Credentials"]["Expiration"] - now
    assert timedelta(seconds=890) <= lasts <= timedelta(seconds=960)


def test_a_message_is_delayed_in_virtual_time(aws: Instance, client: Make) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="delayed")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=900)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    aws.clock.advance_to(aws.clock.now() + timedelta(seconds=900))
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_a_message_is_visible_again_in_virtual_time(aws: Instance, client: Make) -> None:
    sqs = client("sqs")
    attributes = {"VisibilityTimeout": "3600"}
    url = sqs.create_queue(QueueName="visible", Attributes=attributes)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    aws.clock.advance_to(aws.clock.now() + timedelta(hours=1))
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_log_events_are_ingested_in_virtual_time(client: Make, now: datetime) -> None:
    """Also, an event of a virtual now is neither too old nor too new."""
    logs, group = client("logs"), {"logGroupName": "ingested", "logStreamName": "stream"}
    logs.create_log_group(logGroupName="ingested")
    logs.create_log_stream(**group)
    milliseconds = int(now.timestamp() * 1000)
    answer = logs.put_log_events(**group, logEvents=[{"timestamp": milliseconds, "message": "x"}])
    assert "rejectedLogEventsInfo" not in answer
    (event,) = logs.get_log_events(**group)["events"]
    assert event["ingestionTime"] >= milliseconds
