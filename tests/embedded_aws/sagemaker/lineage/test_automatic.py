from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.lineage.automatic import DELAY_SECONDS, AutomaticLineage
from embedded_aws.sagemaker.lineage.entities import Entity, Kind, LineageArns
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas

NIGHT = datetime(2026, 11, 22, 2, tzinfo=UTC)
PREFIX = "arn:aws:sagemaker:us-east-1:123456789012:"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"

PROCESSING_JOB: Mapping[str, Any] = {
    "ProcessingJobName": "featurise",
    "ProcessingJobArn": PREFIX + "processing-job/featurise",
    "ProcessingJobStatus": "Completed",
    "AppSpecification": {"ImageUri": IMAGE},
    "ProcessingInputs": [
        {"InputName": "source", "S3Input": {"S3Uri": "s3://b/manifest.json"}},
    ],
    "ProcessingOutputConfig": {
        "Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train/"}}]
    },
    "ProcessingStartTime": NIGHT,
    "ProcessingEndTime": NIGHT,
}
TRAINING_JOB: Mapping[str, Any] = {
    "TrainingJobName": "train",
    "TrainingJobArn": PREFIX + "training-job/train",
    "TrainingJobStatus": "Completed",
    "AlgorithmSpecification": {"TrainingImage": IMAGE},
    "HyperParameters": {"num_round": "100"},
    "InputDataConfig": [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3Uri": "s3://b/train/"}},
        }
    ],
    "ModelArtifacts": {"S3ModelArtifacts": "s3://b/train/output/model.tar.gz"},
}
GROUP: Mapping[str, Any] = {
    "ModelPackageGroupName": "Fraud",
    "ModelPackageGroupArn": PREFIX + "model-package-group/fraud",
    "CreationTime": NIGHT,
}
PACKAGE: Mapping[str, Any] = {
    "ModelPackageGroupName": "Fraud",
    "ModelPackageVersion": 3,
    "ModelPackageArn": PREFIX + "model-package/fraud/3",
    "ModelApprovalStatus": "PendingManualApproval",
    "LastModifiedTime": NIGHT,
    "InferenceSpecification": {
        "Containers": [{"Image": IMAGE, "ModelDataUrl": "s3://b/train/output/model.tar.gz"}]
    },
}
ENDPOINT: Mapping[str, Any] = {
    "EndpointName": "candidate",
    "EndpointArn": PREFIX + "endpoint/candidate",
    "CreationTime": NIGHT,
}


class Account:
    """An account's graph, and SageMaker writing to it."""

    def __init__(self, clock: Clock, quotas: LineageQuotas) -> None:
        self.clock = clock
        self.arns = LineageArns(PREFIX)
        self.graph = Graph(quotas)
        self.automatic = AutomaticLineage(self.graph, self.arns, clock)

    def pass_seconds(self, seconds: float) -> None:
        self.clock.advance_to(self.clock.now() + timedelta(seconds=seconds))

    def own_artifact(self, uri: str, **source_type: str) -> Entity:
        """An artifact that somebody created by hand."""
        source_types = [source_type] if source_type else []
        entity = Entity(
            arn=self.arns.artifact(uri, source_types),
            kind=Kind.ARTIFACT,
            name="mine",
            type="TrainingSet",
            source={"SourceUri": uri, "SourceTypes": source_types},
            created_at=NIGHT,
            modified_at=NIGHT,
        )
        self.graph.add(entity)
        return entity

    def edges(self) -> set[tuple[str, str, str | None]]:
        """Source, destination and type, by source URI or name."""
        return {
            (self._label(each.source_arn), self._label(each.destination_arn), each.type)
            for each in self.graph.associations()
        }

    def _label(self, arn: str) -> str:
        entity = self.graph.get(arn)
        return entity.name or entity.source_uri


@pytest.fixture
def clock() -> Iterator[Clock]:
    started = Clock(NIGHT)
    yield started
    started.close()


@pytest.fixture
def account(clock: Clock) -> Account:
    return Account(clock, LineageQuotas())


def test_a_processing_job_leaves_a_trial_component_between_its_uris(account: Account) -> None:
    """Guide "SageMaker-created tracking entities"; "Data Science on AWS", chapter 10."""
    account.automatic.job_ended(PROCESSING_JOB)
    account.pass_seconds(DELAY_SECONDS)

    component = "featurise-aws-processing-job"
    assert account.edges() == {
        (IMAGE, component, "ContributedTo"),
        ("s3://b/manifest.json", component, "ContributedTo"),
        (component, "s3://b/train/", "Produced"),
    }


def test_a_training_job_produces_a_model(account: Account) -> None:
    """Guide "SageMaker-created tracking entities"."""
    account.automatic.job_ended(TRAINING_JOB)
    account.pass_seconds(DELAY_SECONDS)

    model = account.graph.get(account.arns.artifact("s3://b/train/output/model.tar.gz"))
    component = account.graph.get(PREFIX + "experiment-trial-component/train-aws-training-job")
    assert ("train-aws-training-job", model.source_uri, "Produced") in account.edges()
    assert model.type == "Model"
    assert component.type == "SageMakerTrainingJob"
    assert component.vertex_type == "TrainingJob"
    assert component.details["Parameters"] == {"num_round": {"StringValue": "100"}}


def test_jobs_meet_at_the_literal_uri(account: Account) -> None:
    """Guide "SageMaker-created tracking entities": one artifact for one URI."""
    account.automatic.job_ended(PROCESSING_JOB)
    account.automatic.job_ended(TRAINING_JOB)
    account.pass_seconds(DELAY_SECONDS)

    train_set = account.arns.artifact("s3://b/train/")
    assert len(account.graph.incoming(train_set)) == 1
    assert len(account.graph.outgoing(train_set)) == 1


def test_a_job_that_failed_produced_nothing(account: Account) -> None:
    failed = {**PROCESSING_JOB, "ProcessingJobStatus": "Failed", "FailureReason": "no data"}

    account.automatic.job_ended(failed)
    account.pass_seconds(DELAY_SECONDS)

    (component,) = account.graph.of_kind(Kind.TRIAL_COMPONENT)
    assert component.details["Status"] == {"PrimaryStatus": "Failed", "Message": "no data"}
    assert account.graph.outgoing(component.arn) == ()


def test_nothing_appears_at_once(account: Account) -> None:
    """How late it does is undocumented; the SageMaker SDK waits up to two minutes."""
    account.automatic.job_ended(TRAINING_JOB)

    assert account.graph.associations() == ()
    account.pass_seconds(DELAY_SECONDS)
    assert account.graph.associations() != ()


def test_a_package_becomes_an_artifact_in_its_groups_context(account: Account) -> None:
    """Guide "SageMaker-created tracking entities"; names from DataHub's recorded responses."""
    account.automatic.package_created(PACKAGE, GROUP)
    account.pass_seconds(DELAY_SECONDS)

    package_arn = PACKAGE["ModelPackageArn"]
    approval = f"Fraud-3-PendingManualApproval-{NIGHT.timestamp():.0f}-aws-model-group"
    assert account.graph.get(account.arns.artifact(package_arn)).type == "Model"
    assert account.edges() == {
        (IMAGE, package_arn, "ContributedTo"),
        ("s3://b/train/output/model.tar.gz", package_arn, "ContributedTo"),
        (approval, package_arn, "ContributedTo"),
        (package_arn, "Fraud-aws-model-group", "AssociatedWith"),
    }


def test_each_change_of_approval_is_an_action(account: Account) -> None:
    """DataHub's recorded responses: <group>-<version>-<Status>-<epoch>-aws-model-group."""
    account.automatic.package_created(PACKAGE, GROUP)
    account.automatic.approval_changed({**PACKAGE, "ModelApprovalStatus": "Approved"})
    account.pass_seconds(DELAY_SECONDS)

    statuses = {
        action.name.split("-")[2] for action in account.graph.of_kind(Kind.ACTION) if action.name
    }
    assert statuses == {"PendingManualApproval", "Approved"}
    assert {action.type for action in account.graph.of_kind(Kind.ACTION)} == {"Approval"}


def test_versions_of_a_group_share_its_context(account: Account) -> None:
    account.automatic.package_created(PACKAGE, GROUP)
    account.automatic.package_created(
        {**PACKAGE, "ModelPackageVersion": 4, "ModelPackageArn": PREFIX + "model-package/fraud/4"},
        GROUP,
    )
    account.pass_seconds(DELAY_SECONDS)

    (context,) = account.graph.of_kind(Kind.CONTEXT)
    assert context.type == "ModelGroup"
    assert context.source_uri == GROUP["ModelPackageGroupArn"]
    assert len(account.graph.incoming(context.arn)) == 2


def test_an_endpoint_is_a_context_that_a_deployment_leads_to(account: Account) -> None:
    """Guide "SageMaker-created tracking entities"; both names end in -aws-endpoint."""
    containers = [{"ModelPackageName": PACKAGE["ModelPackageArn"]}, {"Image": IMAGE}]

    account.automatic.endpoint_created(ENDPOINT, containers)
    account.pass_seconds(DELAY_SECONDS)

    name = "candidate-aws-endpoint"
    assert account.edges() == {
        (PACKAGE["ModelPackageArn"], name, "ContributedTo"),
        (IMAGE, name, "ContributedTo"),
        (name, name, "AssociatedWith"),
    }
    assert account.graph.get(PREFIX + "context/" + name).source_uri == ENDPOINT["EndpointArn"]
    assert account.graph.get(PREFIX + "action/" + name).type == "ModelDeployment"


def test_what_exists_is_reused_and_left_as_it_is(account: Account) -> None:
    """Guide "Manually create tracking entities": SageMaker reuses an artifact of a source."""
    mine = account.own_artifact("s3://b/train/")

    account.automatic.job_ended(PROCESSING_JOB)
    account.automatic.job_ended(PROCESSING_JOB)
    account.pass_seconds(DELAY_SECONDS)

    assert account.graph.get(mine.arn) == mine
    assert len(account.graph.incoming(mine.arn)) == 1


def test_an_artifact_with_source_types_is_passed_by(account: Account) -> None:
    """Identity includes SourceTypes: whoever gives any lands beside SageMaker's own node."""
    typed = account.own_artifact("s3://b/train/", SourceIdType="S3ETag", Value="e")

    account.automatic.job_ended(PROCESSING_JOB)
    account.pass_seconds(DELAY_SECONDS)

    assert account.graph.incoming(typed.arn) == ()
    assert len(account.graph.from_source(Kind.ARTIFACT, "s3://b/train/")) == 2


def test_what_sagemaker_writes_does_not_use_up_quotas(clock: Clock) -> None:
    """Guide "Manually create tracking entities": limits count manually created entities."""
    full = Account(clock, LineageQuotas(actions=0, artifacts=0, associations=0, contexts=0))
    with pytest.raises(ServiceError, match="service limit"):
        full.own_artifact("s3://b/by-hand")

    full.automatic.package_created(PACKAGE, GROUP)
    full.pass_seconds(DELAY_SECONDS)

    assert len(full.graph.associations()) == 4
