"""What is known about a night, typed: parsed once from the documents of AWS and of the jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from lineage.errors import LineageNotReady, PackageFailed

Document = Mapping[str, Any]
"""A JSON document, or a response of boto3, as it came."""


@dataclass(frozen=True)
class Dataset:
    """The source objects of a night, named by a SageMaker manifest."""

    digest: str
    manifest_uri: str
    objects_uri: str
    objects: int
    size_bytes: int
    first_partition: str
    last_partition: str


@dataclass(frozen=True)
class Code:
    """The job code of a night."""

    digest: str
    uri: str
    commit: str


@dataclass(frozen=True)
class Night:
    """One execution of the retrain workflow, as PrepareNight described it."""

    run_id: str
    data_date: str
    execution_arn: str
    workflow: str
    train_days: int
    label_delay_days: int
    holdout_days: int
    dataset: Dataset
    code: Code
    image_uri: str
    record_uri: str
    champion: Document | None

    @classmethod
    def parse(cls, document: Document) -> Self:
        """Read the night document."""
        dataset, code = document["Dataset"], document["Code"]
        return cls(
            run_id=document["RunId"],
            data_date=document["DataDate"],
            execution_arn=document["ExecutionArn"],
            workflow=document["Workflow"],
            train_days=document["TrainDays"],
            label_delay_days=document["LabelDelayDays"],
            holdout_days=document["HoldoutDays"],
            dataset=Dataset(
                digest=dataset["Digest"],
                manifest_uri=dataset["ManifestUri"],
                objects_uri=dataset["ObjectsUri"],
                objects=dataset["Objects"],
                size_bytes=dataset["Bytes"],
                first_partition=dataset["FirstPartition"],
                last_partition=dataset["LastPartition"],
            ),
            code=Code(digest=code["Digest"], uri=code["Uri"], commit=code["Commit"]),
            image_uri=document["ImageUri"],
            record_uri=document["RecordUri"],
            champion=document.get("Champion"),
        )


@dataclass(frozen=True)
class Package:
    """A registered model package version."""

    arn: str
    group: str
    version: int
    model_uri: str
    image_uri: str
    image_digest: str | None
    registered_at: str

    @classmethod
    def parse(cls, package: Document) -> Self:
        """Read the response of DescribeModelPackage.

        Raises:
            LineageNotReady: SageMaker is still registering it, and may add the image's digest.
            PackageFailed: it never will.
        """
        _refuse_unless_registered(package)
        container = package["InferenceSpecification"]["Containers"][0]
        return cls(
            arn=package["ModelPackageArn"],
            group=package["ModelPackageGroupName"],
            version=package["ModelPackageVersion"],
            model_uri=container["ModelDataUrl"],
            image_uri=container["Image"],
            image_digest=container.get("ImageDigest"),
            registered_at=iso_time(package["CreationTime"]),
        )


@dataclass(frozen=True)
class Failure:
    """How an execution of a night, or one of its redrives, ended without success.

    Attributes:
        status: FAILED, TIMED_OUT or ABORTED, as Step Functions says it.
        step: The state that it was in; empty if it had entered none.
        ended_at: ISO, UTC.
        night: The night document; None if PrepareNight never answered.
    """

    run_id: str
    data_date: str
    execution_arn: str
    workflow: str
    redrive_count: int
    status: str
    step: str
    error: str
    cause: str
    ended_at: str
    night: Document | None


def _refuse_unless_registered(package: Document) -> None:
    arn, status = package["ModelPackageArn"], package["ModelPackageStatus"]
    if status in {"Pending", "InProgress"}:
        raise LineageNotReady(
            f"{arn} is {status}: SageMaker may still add facts to it. Record the stage again."
        )
    if status != "Completed":
        details = package.get("ModelPackageStatusDetails", {}).get("ValidationStatuses", ())
        reasons = [each["FailureReason"] for each in details if "FailureReason" in each]
        raise PackageFailed(
            f"{arn} is {status}: {'; '.join(reasons) or 'SageMaker gives no reason'}. Nothing is"
            " deployed; find the cause, then start the night again under a new name."
        )


def iso_time(instant: datetime) -> str:
    """An aware instant in UTC, to the second: `2026-11-21T02:03:04Z`."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
