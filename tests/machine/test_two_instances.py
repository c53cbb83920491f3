"""A night whose training job has two instances: two processes that boost one model together."""

from __future__ import annotations

from typing import Any

import pytest

from tests.machine.application import Application

pytestmark = pytest.mark.slow
DATA_DATE = "2026-11-07"
"""The day before the first night that the application's own scheduler runs."""


def logs(application: Application, job_name: str) -> list[str]:
    """What all hosts of a training job printed."""
    group, client = "/aws/sagemaker/TrainingJobs", application.client("logs")
    streams = client.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{job_name}/")
    names = [stream["logStreamName"] for stream in streams["logStreams"]]
    pages = [client.get_log_events(logGroupName=group, logStreamName=name) for name in names]
    return [event["message"] for page in pages for event in page["events"]]


def test_two_training_instances_share_the_shards_and_one_model_is_registered(
    application: Application,
) -> None:
    packages = len(application.packages())
    night = application.run(
        {"DataDate": DATA_DATE, "TrainingInstanceCount": 2, "AllowMissingPartitions": True}
    )
    assert night.status == "SUCCEEDED", night.error
    jobs: list[dict[str, Any]] = [job for job in application.jobs() if "TrainingJobName" in job]
    (job,) = [each for each in jobs if each["ResourceConfig"]["InstanceCount"] == 2]
    printed = logs(application, job["TrainingJobName"])
    matrices = [line for line in printed if "train matrix has" in line]
    assert len(matrices) == 2
    assert any("Distributed node training with 2 hosts" in line for line in printed)
    assert {metric["MetricName"] for metric in job["FinalMetricDataList"]} >= {"validation:auc"}
    assert len(application.packages()) == packages + 1
