"""Every alarm of the template rings, and whoever subscribes to the topic is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws.instance import Instance
from tests.template.project import project

ALARMS = project().of_type("AWS::CloudWatch::Alarm")
OF_SILENCE = "NoNightSucceededAlarm"
TELLING = {"Notifications", "NotificationsPolicy", "DeadLetterQueue", *ALARMS}
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:night-retrain"


def part_of_the_template() -> dict[str, Any]:
    """The alarms, the topic and what they refer to."""
    resources = {name: project().resources[name] for name in TELLING}
    text = json.dumps(resources)
    text = text.replace('{"Ref": "RetrainStateMachine"}', json.dumps(MACHINE_ARN))
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": project().template["Parameters"],
        "Conditions": project().template["Conditions"],
        "Resources": json.loads(text),
    }


@pytest.fixture(scope="module")
def stack(client: Callable[[str], Any]) -> dict[str, str]:
    """The physical ids of the alarms' part of the template; a queue hears of the topic."""
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName="night", TemplateBody=json.dumps(part_of_the_template()))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="night", WaiterConfig={"Delay": 1}
    )
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="night")
    summaries = [it for page in pages for it in page["StackResourceSummaries"]]
    return {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in summaries}


@pytest.fixture(scope="module")
def told(client: Callable[[str], Any], stack: dict[str, str]) -> Callable[[], list[Any]]:
    """What a subscriber of the topic has received since the last time that it was asked."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="subscriber")["QueueUrl"]
    queue_arn = "arn:aws:sqs:us-east-1:123456789012:subscriber"
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage"}
    policy = {"Version": "2012-10-17", "Statement": {**statement, "Resource": queue_arn}}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    topic = stack["Notifications"]
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)

    def received() -> list[Any]:
        messages: list[Any] = []
        while some := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in some:
                messages.append(json.loads(json.loads(each["Body"])["Message"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return messages

    return received


@pytest.mark.parametrize("alarm", [it for it in ALARMS if it != OF_SILENCE])
def test_it_rings_and_the_topic_tells(
    alarm: str, aws: Instance, stack: dict[str, str], told: Callable[[], list[Any]]
) -> None:
    cloudwatch = aws.environment.clients.as_service("cloudwatch")
    (described,) = cloudwatch.describe_alarms(AlarmNames=[stack[alarm]])["MetricAlarms"]
    for _ in range(described["EvaluationPeriods"]):
        cloudwatch.put_metric_data(
            Namespace=described["Namespace"],
            MetricData=[
                {
                    "MetricName": described["MetricName"],
                    "Dimensions": described["Dimensions"],
                    "Timestamp": aws.clock.now(),
                    "Value": described["Threshold"],
                }
            ],
        )
        aws.clock.advance_to(aws.clock.now() + timedelta(seconds=described["Period"]))
    assert stack[alarm] in ringing(told())


def test_silence_rings_when_26_full_hours_have_passed_and_not_before(
    aws: Instance, stack: dict[str, str], told: Callable[[], list[Any]]
) -> None:
    hour = aws.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    aws.clock.advance_to(hour + timedelta(minutes=59))
    success = {
        "MetricName": "ExecutionsSucceeded",
        "Dimensions": [{"Name": "StateMachineArn", "Value": MACHINE_ARN}],
        "Timestamp": aws.clock.now(),
        "Value": 1,
    }
    aws.environment.clients.as_service("cloudwatch").put_metric_data(
        Namespace="AWS/States", MetricData=[success]
    )
    aws.clock.advance_to(hour + timedelta(hours=26, minutes=59))
    assert stack[OF_SILENCE] not in ringing(told())
    aws.clock.advance_to(hour + timedelta(hours=27))
    assert stack[OF_SILENCE] in ringing(told())


def ringing(messages: list[Any]) -> set[str]:
    """The alarms that began to ring."""
    return {it["AlarmName"] for it in messages if it["NewStateValue"] == "ALARM"}
