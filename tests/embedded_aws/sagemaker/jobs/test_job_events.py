"""Events about jobs as a rule's target gets them.

Guide "Events that Amazon SageMaker sends to Amazon EventBridge".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Delivered = Callable[[str], list[dict[str, Any]]]
TAGS = [{"Key": "team", "Value": "fraud"}]


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
