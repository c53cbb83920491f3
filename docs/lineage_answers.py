"""Asks every question about lineage of two recorded nights, and shows the answers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from embedded_aws.instance import Instance, serve
from embedded_aws.settings import Settings
from embedded_aws.testing import make_client
from lineage import api, recorder
from lineage.clients import Clients, SageMaker
from lineage.query import LineageQuery
from lineage.rendering import FORMATS
from lineage.vocabulary import ArtifactType, Stage
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, InService, StagedNight, stage_night

_BUCKET, _GROUP = "fraud", "fraud-classifier"
_FIRST = StagedNight(builders.a_night("1a2b3c4d", bucket=_BUCKET), version=1)
_AGAIN = StagedNight(builders.a_night("5e6f7a8b", bucket=_BUCKET), auc=0.9547, version=2)
_CANDIDATE = builders.a_rollout(
    _FIRST.document,
    _FIRST.package_arn,
    RolloutId="v1-20261122T021501Z",
    EndpointConfigName="fraud-candidate-v1",
)
_PRODUCTION = _CANDIDATE | {
    "RolloutId": "v1-20261122T093841Z",
    "Trigger": "Approval",
    "Approval": {
        "By": f"arn:aws:iam::{builders.ACCOUNT}:user/ada",
        "At": "2026-11-22T09:38:41Z",
        "Comment": "AUC and drift reviewed",
    },
    "EndpointName": "fraud-production",
    "EndpointArn": builders.sagemaker_arn("endpoint/fraud-production"),
    "EndpointConfigName": "fraud-production-v1",
    "StartedAt": "2026-11-22T09:38:44Z",
}
_DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
_CHANGED = {"eta": "0.05", "num_round": "200"}


@cache
def answers() -> Mapping[tuple[str, str], str]:
    """By operation and format, what a command prints."""
    with tempfile.TemporaryDirectory() as scratch, serve(_settings(scratch)) as aws:
        clients = _recorded(aws)
        serving = InService(clients.sagemaker, _CANDIDATE, _PRODUCTION)
        query = LineageQuery(Clients(serving, clients.s3), group=_GROUP, bucket=_BUCKET)
        shown = {
            ("explain", "text"): query.explain("1"),
            ("explain", "mermaid"): query.explain("1"),
            ("diff", "text"): query.diff("1", "2"),
            ("impact", "text"): query.impact(_FIRST.document["Code"]["Commit"]),
            ("impact", "mermaid"): query.impact(_FIRST.document["Code"]["Commit"]),
            ("asof", "text"): query.asof("2026-11-22T12:00:00Z"),
            ("audit", "text"): query.audit(),
            ("budget", "text"): query.budget(),
        }
        _cut_off_the_report(clients.sagemaker)
        shown["plan", "text"] = query.plan(_AGAIN.document["RunId"])
        return {
            (question, told): FORMATS[question][told](answer)
            for (question, told), answer in shown.items()
        }


def _settings(scratch: str) -> Settings:
    return Settings(Path(scratch), start_at=_DECEMBER)


def _recorded(aws: Instance) -> Clients:
    """The same data twice, the second time with other hyperparameters."""
    s3, sagemaker = (make_client(aws.url, it, "us-east-1") for it in ("s3", "sagemaker"))
    s3.create_bucket(Bucket=_BUCKET)
    sagemaker.create_model_package_group(ModelPackageGroupName=_GROUP)
    described = DescribedJobs(sagemaker, _FIRST, _AGAIN).but(_trained_otherwise())
    clients = Clients(described, s3)
    for night in (_FIRST, _AGAIN):
        _register(sagemaker, night)
        stage_night(s3, night).record_until(Stage.REGISTRATION, clients)
    _roll_out(clients, _CANDIDATE, SwitchedAt="2026-11-22T02:19:31.125Z")
    _roll_out(clients, _PRODUCTION, SwitchedAt="2026-11-22T09:44:02.718Z")
    return clients


def _roll_out(clients: Clients, rollout: dict[str, Any], **ended: str) -> None:
    outcome = builders.an_outcome(_FIRST.document, **ended, EndedAt=ended["SwitchedAt"])
    recorder.record_rollout(clients, _BUCKET, rollout)
    recorder.record_rollout_outcome(clients, _BUCKET, rollout, outcome)


def _cut_off_the_report(sagemaker: SageMaker) -> None:
    report, package = (
        str(api.find_artifact_arn(sagemaker, uri, kind))
        for uri, kind in (
            (builders.report_uri(_AGAIN.document), ArtifactType.EVALUATION_REPORT),
            (_AGAIN.package_arn, ArtifactType.MODEL),
        )
    )
    sagemaker.delete_association(SourceArn=report, DestinationArn=package)


def _trained_otherwise() -> dict[str, Any]:
    job = builders.the_jobs(_AGAIN.document).train
    return job | {"HyperParameters": job["HyperParameters"] | _CHANGED}


def _register(sagemaker: SageMaker, night: StagedNight) -> None:
    package = builders.a_package(night.document, night.version)
    given = ("ModelPackageGroupName", "InferenceSpecification", "CustomerMetadataProperties")
    sagemaker.create_model_package(**{key: package[key] for key in given})
