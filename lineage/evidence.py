"""Collects the facts of a stage where they are: with SageMaker, and in what its jobs wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from lineage import schema
from lineage.clients import Clients
from lineage.errors import InputChanged, LineageIncomplete
from lineage.facts import Dataset, Evaluation, FeatureSummary, Package
from lineage.job_facts import ProcessingJob, TrainingJob
from lineage.parallel import map_parallel
from lineage.records.archive import Archive, location

_MOST_NAMED = 5


@dataclass(frozen=True)
class Evidence:
    """Reads, and never writes."""

    clients: Clients

    def processing_job(self, name: str) -> ProcessingJob:
        """A completed processing job, or JobNotCompleted."""
        sagemaker = self.clients.sagemaker
        return ProcessingJob.parse(sagemaker.describe_processing_job(ProcessingJobName=name))

    def training_job(self, name: str) -> TrainingJob:
        """A completed training job, or JobNotCompleted."""
        sagemaker = self.clients.sagemaker
        return TrainingJob.parse(sagemaker.describe_training_job(TrainingJobName=name))

    def package(self, arn: str) -> Package:
        """A registered model package version, or LineageNotReady, or PackageFailed."""
        return Package.parse(self.clients.sagemaker.describe_model_package(ModelPackageName=arn))

    def feature_summary(self, job: ProcessingJob) -> FeatureSummary:
        """What featurise wrote beside its channels."""
        return FeatureSummary.parse(self._document(f"{job.outputs['summary']}summary.json"))

    def evaluation(self, uri: str) -> Evaluation:
        """The evaluation report.

        Raises:
            InvalidDocument: it is not one by schema/evaluation.json.
        """
        document = self._document(uri)
        schema.require_valid(document, "evaluation")
        return Evaluation.parse(document)

    def require_unchanged(self, dataset: Dataset) -> None:
        """Check that every source object is still the one that PrepareNight saw.

        Raises:
            InputChanged: naming objects that were overwritten or deleted since.
        """
        objects = self._document(dataset.objects_uri)["objects"]
        unchanged = map_parallel(self._is_unchanged, objects)
        changed = [it["uri"] for it, same in zip(objects, unchanged, strict=True) if not same]
        if changed:
            named = ", ".join(changed[:_MOST_NAMED])
            raise InputChanged(
                f"{len(changed)} of {len(objects)} source objects changed while the night ran:"
                f" {named}. What was trained on is not certain; start the night again."
            )

    def _is_unchanged(self, seen: dict[str, Any]) -> bool:
        try:
            now = self.clients.s3.head_object(**location(seen["uri"]))
        except ClientError as refused:
            if refused.response["Error"]["Code"] == "404":
                return False
            raise
        # Objects of a bucket that was never versioned have the version "null".
        version = now.get("VersionId", "null")
        return bool(now["ETag"].strip('"') == seen["etag"] and version == seen["versionId"])

    def _document(self, uri: str) -> Any:  # noqa: ANN401  # whatever the document holds
        document = Archive(self.clients.s3).read_json(uri)
        if document is None:
            raise LineageIncomplete(
                f"{uri} is not there, although the job that writes it completed. Look at the job's"
                " log and outputs, then start the night again."
            )
        return document
