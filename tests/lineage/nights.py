"""Nights that can be recorded: their input and the output of their jobs lie in S3."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lineage import recorder
from lineage.clients import Clients
from lineage.recording import Recording
from lineage.records.archive import location
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import ENDPOINT_NAME

Document = dict[str, Any]


@dataclass(frozen=True)
class StagedNight:
    """A night whose jobs have run; ``version`` is the one that its package gets.

    Attributes:
        judged: What its gate's variable has beside the threshold's.
    """

    document: Document
    auc: float = 0.9512
    version: int = 7
    endpoint_name: str = ENDPOINT_NAME
    judged: Document = field(default_factory=dict)

    @property
    def is_good_enough(self) -> bool:
        """Whether it registers."""
        passed: bool = builders.a_gate(self.auc)["passed"]
        return passed

    @property
    def package_arn(self) -> str:
        arn: str = builders.a_package(self.document, self.version)["ModelPackageArn"]
        return arn

    @property
    def bucket(self) -> str:
        """Where its records lie."""
        return location(self.document["RecordUri"])["Bucket"]

    @property
    def rollout(self) -> Document:
        """Its own deployment to the candidate endpoint."""
        return builders.a_rollout(self.document, self.package_arn, EndpointName=self.endpoint_name)

    def record(self, stage: Stage, clients: Clients) -> Recording:
        """Record one stage, as the state machine would have it done."""
        night, report = self.document, builders.report_uri(self.document)
        match stage:
            case Stage.FEATURISE:
                job = builders.job_name(night, "featurise")
                return recorder.record_featurise(clients, night, job)
            case Stage.TRAINING:
                return recorder.record_training(clients, night, builders.job_name(night, "train"))
            case Stage.EVALUATION:
                job = builders.job_name(night, "evaluate")
                gate = builders.a_gate(self.auc) | self.judged
                return recorder.record_evaluation(clients, night, job, report, gate)
            case Stage.REGISTRATION:
                return recorder.record_registration(clients, night, self.package_arn, report)
            case Stage.DEPLOYMENT:
                return recorder.record_rollout(clients, self.bucket, self.rollout)
            case Stage.DEPLOYMENT_OUTCOME:
                outcome = builders.an_outcome(night)
                return recorder.record_rollout_outcome(clients, self.bucket, self.rollout, outcome)

    def record_until(self, last: Stage, clients: Clients) -> list[Recording]:
        """Record every stage up to one."""
        return [self.record(stage, clients) for stage in Stage if stage.position <= last.position]


class DescribedJobs:
    """A SageMaker client to which the jobs and the package of some nights are known as well."""

    def __init__(self, sagemaker: Any, *nights: StagedNight) -> None:
        self._sagemaker = sagemaker
        self._jobs: dict[str, Document] = {}
        for night in nights:
            jobs = builders.the_jobs(night.document)
            package = builders.a_package(night.document, night.version)
            for described in (jobs.featurise, jobs.train, jobs.evaluate, package):
                self._jobs[_key(described)] = described

    def but(self, described: Document) -> DescribedJobs:
        """The same client, to which one job or package looks as given."""
        other = DescribedJobs(self._sagemaker)
        other._jobs = {**self._jobs, _key(described): described}
        return other

    def describe_processing_job(self, ProcessingJobName: str) -> Document:  # noqa: N803
        return self._jobs[ProcessingJobName]

    def describe_training_job(self, TrainingJobName: str) -> Document:  # noqa: N803
        return self._jobs[TrainingJobName]

    def describe_model_package(self, ModelPackageName: str) -> Document:  # noqa: N803
        return self._jobs[ModelPackageName]

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)


class InService:
    """A SageMaker client to which endpoints are known that serve what some rollouts brought."""

    def __init__(self, sagemaker: Any, *rollouts: Document) -> None:
        self._sagemaker = sagemaker
        self._configs = {it["EndpointName"]: it["EndpointConfigName"] for it in rollouts}

    def describe_endpoint(self, EndpointName: str) -> Document:  # noqa: N803
        config = self._configs[EndpointName]
        return {"EndpointStatus": "InService", "EndpointConfigName": config}

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)


def stage_night(s3: Any, night: StagedNight) -> StagedNight:
    """Put into S3 what PrepareNight and the night's jobs would have left there."""
    document = night.document
    folder = document["Dataset"]["ManifestUri"].rpartition("/")[0]
    source = [put(s3, f"{folder}/labelled/{name}", name) for name in ("a", "b")]
    objects = {"digest": document["Dataset"]["Digest"], "objects": source}
    put(s3, document["Dataset"]["ObjectsUri"], json.dumps(objects))
    featurise = builders.the_jobs(document).featurise
    outputs = {
        output["OutputName"]: output["S3Output"]["S3Uri"]
        for output in featurise["ProcessingOutputConfig"]["Outputs"]
    }
    put(s3, f"{outputs['summary']}summary.json", json.dumps(builders.a_summary(document)))
    evaluation = json.dumps(builders.an_evaluation(night.auc))
    put(s3, builders.report_uri(document), evaluation)
    return night


def put(s3: Any, uri: str, text: str) -> Document:
    """Write an object; return how objects.json speaks of it."""
    written = s3.put_object(**location(uri), Body=text.encode())
    return {
        "uri": uri,
        "versionId": written.get("VersionId", "null"),
        "etag": written["ETag"].strip('"'),
        "size": len(text),
    }


def _key(described: Document) -> str:
    keys = ("ProcessingJobName", "TrainingJobName", "ModelPackageArn")
    (key,) = (described[each] for each in keys if each in described)
    return str(key)
