"""Events about jobs as a rule's target gets them.

Guide "Events that Amazon SageMaker sends to Amazon EventBridge".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from embedded_aws.instance import Instance

Delivered = Callable[[str], list[dict[str, Any]]]
TAGS = [{"Key": "team", "Value": "fraud"}]


@pytest.fixture(scope="module")
def delivered(aws: Instance, client: Callable[[str], Any]) -> Delivered:
    """The details of the events about a job, oldest first."""
    sqs, events = client("sqs"), client("events")
    queue_url = sqs.create_queue(QueueName="job-events")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    pattern = {"source": ["aws.sagemaker"], "detail-type": [{"suffix": "Job State Change"}]}
    events.put_rule(Name="jobs", EventPattern=json.dumps(pattern))
    target = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
    events.put_targets(Rule="jobs", Targets=[target])
    seen: list[dict[str, Any]] = []

    def about(arn: str) -> list[dict[str, Any]]:
        aws.environment.clock.advance_to(aws.environment.clock.now())
        while batch := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in batch:
                seen.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [event for event in seen if event["resources"] == [arn]]

    return about


def test_every_secondary_status_of_a_training_job_is_an_event(
    user: Any, delivered: Delivered
) -> None:
    request = user.training("1,1\n", {"num_round": "1"}, Tags=TAGS)
    s3_source = request["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    s3_source["S3Uri"] = "s3://job-bucket/no-such-data/"
    job = user.run_training(request)
    events = delivered(job["TrainingJobArn"])
    assert {event["detail-type"] for event in events} == {"SageMaker Training Job State Change"}
    details = [event["detail"] for event in events]
    assert [(each["TrainingJobStatus"], each["SecondaryStatus"]) for each in details] == [
        ("InProgress", "Starting"),
        ("InProgress", "Downloading"),
        ("Failed", "Failed"),
    ]
    assert details[-1]["FailureReason"] == job["FailureReason"]
    assert details[-1]["Tags"] == {"team": "fraud"}
    assert details[-1]["CreationTime"] == int(job["CreationTime"].timestamp() * 1000)
    transition = details[0]["SecondaryStatusTransitions"][0]
    assert transition["StartTime"] == details[0]["CreationTime"]


def test_every_status_of_a_processing_job_is_an_event(user: Any, delivered: Delivered) -> None:
    job = user.run_processing("pass")
    details = [event["detail"] for event in delivered(job["ProcessingJobArn"])]
    assert [each["ProcessingJobStatus"] for each in details] == ["InProgress", "Completed"]
    assert isinstance(details[-1]["ProcessingEndTime"], int)


def test_the_enumerations_of_a_processing_job_are_in_upper_case(
    user: Any, delivered: Delivered
) -> None:
    """As in the guide's sample: S3DataDistributionType without an underscore."""
    job = user.run_processing("pass")
    s3_input = delivered(job["ProcessingJobArn"])[0]["detail"]["ProcessingInputs"][0]["S3Input"]
    assert (s3_input["S3DataType"], s3_input["S3InputMode"]) == ("S3_PREFIX", "FILE")
