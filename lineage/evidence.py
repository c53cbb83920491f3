"""Collects the facts of a stage where they are: with SageMaker, and in what its jobs wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lineage import schema
from lineage.clients import Clients
from lineage.errors import InputChanged, LineageIncomplete
from lineage.facts import Dataset, Package
from lineage.input_versions import latest_versions
from lineage.job_facts import ProcessingJob, TrainingJob
from lineage.records.archive import Archive
from lineage.results import Evaluation, FeatureSummary

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
        now = latest_versions(self.clients.s3, [it["uri"] for it in objects])
        changed = [
            it["uri"] for it in objects if now.get(it["uri"]) != (it["versionId"], it["etag"])
        ]
        if changed:
            named = ", ".join(changed[:_MOST_NAMED])
            raise InputChanged(
                f"{len(changed)} of {len(objects)} source objects changed while the night ran:"
                f" {named}. What was trained on is not certain; start the night again."
            )

    def _document(self, uri: str) -> Any:  # noqa: ANN401  # whatever the document holds
        document = Archive(self.clients.s3).read_json(uri)
        if document is None:
            raise LineageIncomplete(
                f"{uri} is not there, although the job that writes it completed. Look at the job's"
                " log and outputs, then start the night again."
            )
        return document
