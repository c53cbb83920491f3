"""Explaining packages from SageMaker's graph, and from the records where it has been pruned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lineage import api, names, recorder
from lineage.clients import Clients
from lineage.errors import (
    ForeignArn,
    InvalidPackage,
    LineageError,
    PackageNotRecorded,
    UnknownPackage,
)
from lineage.queries.excerpt import MOST_DESCRIBES, excerpt
from lineage.query import LineageQuery
from lineage.records.archive import location
from lineage.schema import require_valid
from lineage.vocabulary import ActionType, Stage
from tests.lineage import builders
from tests.lineage.conftest import BUCKET
from tests.lineage.graphs import graph_until
from tests.lineage.nights import DescribedJobs, StagedNight
from tests.lineage.wires import Wire

GROUP = "fraud-classifier"
NewNight = Callable[..., StagedNight]


@pytest.fixture(scope="module")
def group(sagemaker: Any) -> str:
    sagemaker.create_model_package_group(ModelPackageGroupName=GROUP)
    return GROUP


@pytest.fixture
def query(clients: Clients, group: str) -> LineageQuery:
    return LineageQuery(clients, group=group, bucket=BUCKET)


@pytest.fixture
def registered(night: StagedNight, clients: Clients) -> StagedNight:
    night.record_until(Stage.REGISTRATION, clients)
    return night


def test_an_explanation_names_everything(registered: StagedNight, query: LineageQuery) -> None:
    night = registered.document
    explanation = query.explain(registered.package_arn)
    require_valid(explanation, "explain")
    assert explanation["AnsweredFrom"] == "Index"
    assert explanation["Dataset"] == {
        "ManifestUri": night["Dataset"]["ManifestUri"],
        "ObjectsUri": night["Dataset"]["ObjectsUri"],
        "Digest": night["Dataset"]["Digest"],
        "Objects": 2,
        "Bytes": 2048,
        "Rows": 556_803,
        "FirstPartition": "2026-09-25",
        "LastPartition": "2026-11-21",
    }
    assert explanation["ProcessingJob"]["Name"] == builders.job_name(night, "featurise")
    assert explanation["TrainingJob"]["Name"] == builders.job_name(night, "train")
    assert explanation["Hyperparameters"] == builders.HYPERPARAMETERS
    assert explanation["Evaluation"]["Auc"] == 0.9512
    judged = {"Auc": 0.9512, "Threshold": 0.94, "Mode": "threshold"}
    assert explanation["Decision"] == {"Outcome": "Passed", **judged}
    assert explanation["Code"]["Digest"] == night["Code"]["Digest"]
    assert explanation["Image"]["Uri"] == builders.IMAGE_URI
    assert explanation["Night"]["ExecutionArn"] == night["ExecutionArn"]


def test_the_path_leads_back_to_the_source_in_five_edges(
    registered: StagedNight, query: LineageQuery
) -> None:
    night, path = registered.document, query.explain(registered.package_arn)["Path"]
    jobs = builders.the_jobs(night)
    assert path == [
        registered.package_arn,
        jobs.train["ModelArtifacts"]["S3ModelArtifacts"],
        jobs.train["TrainingJobArn"],
        jobs.train["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"],
        jobs.featurise["ProcessingJobArn"],
        night["Dataset"]["ManifestUri"],
    ]


@pytest.mark.parametrize("kind", [int, str])
def test_a_version_number_will_do(
    kind: type[int | str], registered: StagedNight, query: LineageQuery
) -> None:
    explanation = query.explain(kind(registered.version))
    assert explanation["Package"]["Arn"] == registered.package_arn
    assert explanation["Package"]["Version"] == registered.version


def test_many_rollouts_of_a_package_take_no_more_describes(
    registered: StagedNight, clients: Clients, group: str
) -> None:
    for number in range(MOST_DESCRIBES):
        again = registered.rollout | {"RolloutId": f"v{registered.version}-{number}"}
        recorder.record_rollout(clients, registered.bucket, again)
    wire = Wire()
    query = LineageQuery(wire.through(clients), group, BUCKET)
    explanation = query.explain(registered.package_arn)
    describes = sum(wire.made[f"describe_{kind}"] for kind in ("artifact", "action", "context"))
    assert describes == MOST_DESCRIBES
    assert explanation["AnsweredFrom"] == "Index"


def test_deployments_are_named(
    registered: StagedNight, clients: Clients, query: LineageQuery
) -> None:
    assert query.explain(registered.package_arn)["Deployments"] == []
    registered.record(Stage.DEPLOYMENT_OUTCOME, clients)
    (deployment,) = query.explain(registered.package_arn)["Deployments"]
    assert deployment["EndpointName"] == "fraud-candidate"
    assert deployment["EndpointArn"] == builders.sagemaker_arn("endpoint/fraud-candidate")
    assert deployment["Status"] == "Completed"


def test_what_sagemaker_recorded_beside_us_is_left_out(
    registered: StagedNight, query: LineageQuery, sagemaker: Any
) -> None:
    """An image and an approval next to the package, a deployment of SageMaker's own after it."""
    package = api.find_artifact_arn(sagemaker, registered.package_arn, "Model")
    image = sagemaker.create_artifact(
        ArtifactType="Image", Source={"SourceUri": f"{builders.IMAGE_URI}#{registered.version}"}
    )["ArtifactArn"]
    for name, action_type in {
        f"fraud-{registered.version}-aws-model-group": "Approval",
        f"fraud-{registered.version}-aws-endpoint": "ModelDeployment",
    }.items():
        action = sagemaker.create_action(
            ActionName=name, ActionType=action_type, Source={"SourceUri": name}
        )["ActionArn"]
        ends = (action, package) if action_type == "Approval" else (package, action)
        _associate(sagemaker, *ends)
    _associate(sagemaker, image, package)
    graph = excerpt(sagemaker, registered.package_arn)
    ours = graph_until(Stage.REGISTRATION, registered.document)
    assert len(graph.entities) == len(ours.entities) - 1  # its workflow comes after the night
    assert query.explain(registered.package_arn)["AnsweredFrom"] == "Index"


def test_nothing_of_another_night_shows_however_much_they_share(
    new_night: NewNight, sagemaker: Any, s3: Any, group: str
) -> None:
    one = new_night()
    run = one.document["RunId"].rpartition("-")[2]
    other = new_night(document={"dataset": run, "workflow": one.document["Workflow"]})
    clients = Clients(DescribedJobs(sagemaker, one, other), s3)
    for night in (one, other):
        night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    graph = excerpt(sagemaker, one.package_arn)
    runs = {it.properties.get("RunId") for it in graph.entities.values()}
    assert runs == {one.document["RunId"], None}
    assert len(LineageQuery(clients, group, BUCKET).explain(one.package_arn)["Deployments"]) == 1


def test_a_pruned_package_is_explained_from_its_record(
    registered: StagedNight, query: LineageQuery, sagemaker: Any
) -> None:
    before = query.explain(registered.package_arn)
    _prune(sagemaker, registered.package_arn)
    after = query.explain(registered.package_arn)
    require_valid(after, "explain")
    assert after == {**before, "AnsweredFrom": "Record"}


def test_a_graph_with_a_hole_is_not_trusted(
    registered: StagedNight, query: LineageQuery, sagemaker: Any
) -> None:
    graph = graph_until(Stage.REGISTRATION, registered.document)
    (training,) = graph.actions(ActionType.TRAINING_JOB)
    found = api.find(sagemaker, training)
    assert found is not None
    for edge in sagemaker.list_associations(DestinationArn=found.arn)["AssociationSummaries"]:
        sagemaker.delete_association(SourceArn=edge["SourceArn"], DestinationArn=found.arn)
    assert query.explain(registered.package_arn)["AnsweredFrom"] == "Record"


def test_hyperparameters_too_long_for_sagemaker_are_shown_in_full(
    night: StagedNight, clients: Clients, group: str
) -> None:
    job = builders.the_jobs(night.document).train
    long = {**builders.HYPERPARAMETERS, "note": "x" * names.LONGEST_PROPERTY}
    described = replace(clients, sagemaker=clients.sagemaker.but({**job, "HyperParameters": long}))  # type: ignore[attr-defined]
    night.record_until(Stage.REGISTRATION, described)
    explanation = LineageQuery(described, group, BUCKET).explain(night.package_arn)
    assert explanation["Hyperparameters"] == long
    assert explanation["AnsweredFrom"] == "Index"


def test_a_record_that_is_gone_as_well_is_named(
    registered: StagedNight, query: LineageQuery, sagemaker: Any, s3: Any
) -> None:
    _prune(sagemaker, registered.package_arn)
    uri = names.record_uri(registered.document["RecordUri"], Stage.REGISTRATION)
    s3.delete_object(**location(uri))
    with pytest.raises(PackageNotRecorded, match=f"{uri} is not there"):
        query.explain(registered.package_arn)


def test_a_package_that_no_night_made_is_not_explained(
    night: StagedNight, clients: Clients, group: str
) -> None:
    package = builders.a_package(night.document, night.version)
    by_hand = replace(
        clients,
        sagemaker=clients.sagemaker.but(package | {"CustomerMetadataProperties": {}}),  # type: ignore[attr-defined]
    )
    with pytest.raises(PackageNotRecorded, match="did not register it"):
        LineageQuery(by_hand, group, BUCKET).explain(night.package_arn)


def test_a_version_that_does_not_exist_is_unknown(sagemaker: Any, s3: Any, group: str) -> None:
    query = LineageQuery(Clients(sagemaker, s3), group, BUCKET)
    with pytest.raises(UnknownPackage, match=rf"model-package/{GROUP}/4711: `nightly nights`"):
        query.explain(4711)


@pytest.mark.parametrize(
    ("package", "error", "complaint"),
    [
        ("newest", InvalidPackage, "'newest' names no model package"),
        (
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/fraud",
            InvalidPackage,
            "names no model package",
        ),
        (
            "arn:aws:sagemaker:us-east-1:210987654321:model-package/fraud-classifier/1",
            ForeignArn,
            "is no version of arn:aws:sagemaker:us-east-1:123456789012",
        ),
        (
            "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1",
            ForeignArn,
            "is no version of .*fraud-classifier",
        ),
    ],
)
def test_what_cannot_be_one_of_our_packages_is_refused(
    package: str, error: type[LineageError], complaint: str, query: LineageQuery
) -> None:
    with pytest.raises(error, match=complaint):
        query.explain(package)


def _associate(sagemaker: Any, source: str, destination: str) -> None:
    sagemaker.add_association(
        SourceArn=source, DestinationArn=destination, AssociationType="ContributedTo"
    )


def _prune(sagemaker: Any, package_arn: str) -> None:
    arn = api.find_artifact_arn(sagemaker, package_arn, "Model")
    for edge in sagemaker.list_associations(DestinationArn=arn)["AssociationSummaries"]:
        sagemaker.delete_association(SourceArn=edge["SourceArn"], DestinationArn=arn)
    sagemaker.delete_artifact(ArtifactArn=arn)
