"""What is known about a completed job, parsed from the describe call that SageMaker answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lineage.errors import JobNotCompleted
from lineage.facts import Document, iso_time


@dataclass(frozen=True)
class Run:
    """What every SageMaker job that ran has: who it was, on what, and when."""

    name: str
    arn: str
    image_uri: str
    instance_type: str
    instance_count: int
    started_at: str
    ended_at: str


@dataclass(frozen=True)
class ProcessingJob:
    """A completed processing job; inputs and outputs are S3 URIs by name."""

    run: Run
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]

    @classmethod
    def parse(cls, job: Document) -> Self:
        """Read the response of DescribeProcessingJob.

        Raises:
            JobNotCompleted: its status is another one.
        """
        _refuse_unless_completed(job, "Processing")
        cluster = job["ProcessingResources"]["ClusterConfig"]
        return cls(
            run=Run(
                name=job["ProcessingJobName"],
                arn=job["ProcessingJobArn"],
                image_uri=job["AppSpecification"]["ImageUri"],
                instance_type=cluster["InstanceType"],
                instance_count=cluster["InstanceCount"],
                started_at=iso_time(job["ProcessingStartTime"]),
                ended_at=iso_time(job["ProcessingEndTime"]),
            ),
            inputs={
                part["InputName"]: part["S3Input"]["S3Uri"] for part in job["ProcessingInputs"]
            },
            outputs={
                part["OutputName"]: part["S3Output"]["S3Uri"]
                for part in job["ProcessingOutputConfig"]["Outputs"]
            },
        )


@dataclass(frozen=True)
class TrainingJob:
    """A completed training job; channels are S3 URIs by name."""

    run: Run
    channels: Mapping[str, str]
    hyperparameters: Mapping[str, str]
    model_uri: str
    metrics: Mapping[str, float]

    @classmethod
    def parse(cls, job: Document) -> Self:
        """Read the response of DescribeTrainingJob.

        Raises:
            JobNotCompleted: its status is another one.
        """
        _refuse_unless_completed(job, "Training")
        resources = job["ResourceConfig"]
        return cls(
            run=Run(
                name=job["TrainingJobName"],
                arn=job["TrainingJobArn"],
                image_uri=job["AlgorithmSpecification"]["TrainingImage"],
                instance_type=resources["InstanceType"],
                instance_count=resources["InstanceCount"],
                started_at=iso_time(job["TrainingStartTime"]),
                ended_at=iso_time(job["TrainingEndTime"]),
            ),
            channels={
                channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
                for channel in job["InputDataConfig"]
            },
            hyperparameters=job["HyperParameters"],
            model_uri=job["ModelArtifacts"]["S3ModelArtifacts"],
            metrics={
                metric["MetricName"]: metric["Value"]
                for metric in job.get("FinalMetricDataList", ())
            },
        )


def _refuse_unless_completed(job: Document, kind: str) -> None:
    # The .sync integration may report a stopped job as a success: the status decides.
    status = job[f"{kind}JobStatus"]
    if status != "Completed":
        reason = job.get("FailureReason") or job.get("ExitMessage") or "SageMaker gives no reason"
        raise JobNotCompleted(
            f"{job[f'{kind}JobName']} is {status}: {reason}. Nothing of it is recorded; find the"
            " cause in its log, then start the night again: a redrive would find the same job."
        )
