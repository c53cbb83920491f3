"""What lineage takes from a job that ended, out of DescribeTrainingJob or DescribeProcessingJob."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Described = Mapping[str, Any]


@dataclass(frozen=True)
class JobFacts:
    """One job: what it was, read and wrote.

    Attributes:
        resource: ``training-job`` or ``processing-job``, as in the job's ARN.
        source_type: ``SageMakerTrainingJob`` or ``SageMakerProcessingJob``.
        output_uris: Prefixes that the job wrote, none unless it completed.
        model_uris: The model archive that it wrote, if any.
        details: Members of DescribeTrialComponent.
    """

    name: str
    arn: str
    resource: str
    source_type: str
    image_uri: str
    input_uris: tuple[str, ...]
    output_uris: tuple[str, ...]
    model_uris: tuple[str, ...]
    details: Mapping[str, Any]

    @classmethod
    def of(cls, described: Described) -> JobFacts:
        """The facts that a Describe operation's output tells."""
        if "TrainingJobArn" in described:
            return _training(described)
        return _processing(described)


def _training(described: Described) -> JobFacts:
    channels = {
        channel["ChannelName"]: channel["DataSource"]["S3DataSource"]["S3Uri"]
        for channel in described.get("InputDataConfig", ())
        if "S3DataSource" in channel["DataSource"]
    }
    model = described.get("ModelArtifacts", {}).get("S3ModelArtifacts")
    image = described["AlgorithmSpecification"]["TrainingImage"]
    return JobFacts(
        name=described["TrainingJobName"],
        arn=described["TrainingJobArn"],
        resource="training-job",
        source_type="SageMakerTrainingJob",
        image_uri=image,
        input_uris=tuple(channels.values()),
        output_uris=(),
        model_uris=(model,) if model else (),
        details={
            "Status": _status(described, "TrainingJobStatus"),
            **_times(described, "TrainingStartTime", "TrainingEndTime"),
            "Parameters": {
                name: {"StringValue": value}
                for name, value in described.get("HyperParameters", {}).items()
            },
            "InputArtifacts": _artifacts({"SageMaker.ImageUri": image, **channels}),
            "OutputArtifacts": _artifacts({"SageMaker.ModelArtifact": model} if model else {}),
        },
    )


def _processing(described: Described) -> JobFacts:
    inputs = {
        each["InputName"]: each["S3Input"]["S3Uri"]
        for each in described.get("ProcessingInputs", ())
        if "S3Input" in each
    }
    completed = described["ProcessingJobStatus"] == "Completed"
    outputs = {
        each["OutputName"]: each["S3Output"]["S3Uri"]
        for each in described.get("ProcessingOutputConfig", {}).get("Outputs", ())
        if completed and "S3Output" in each
    }
    image = described["AppSpecification"]["ImageUri"]
    return JobFacts(
        name=described["ProcessingJobName"],
        arn=described["ProcessingJobArn"],
        resource="processing-job",
        source_type="SageMakerProcessingJob",
        image_uri=image,
        input_uris=tuple(inputs.values()),
        output_uris=tuple(outputs.values()),
        model_uris=(),
        details={
            "Status": _status(described, "ProcessingJobStatus"),
            **_times(described, "ProcessingStartTime", "ProcessingEndTime"),
            "InputArtifacts": _artifacts({"SageMaker.ImageUri": image, **inputs}),
            "OutputArtifacts": _artifacts(outputs),
        },
    )


def _status(described: Described, member: str) -> dict[str, str]:
    reason = described.get("FailureReason")
    return {"PrimaryStatus": described[member], **({"Message": reason} if reason else {})}


def _times(described: Described, start: str, end: str) -> dict[str, Any]:
    members = {"StartTime": described.get(start), "EndTime": described.get(end)}
    return {member: when for member, when in members.items() if when is not None}


def _artifacts(uris: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"Value": uri} for name, uri in uris.items()}
