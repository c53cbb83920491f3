"""What recording a night leaves behind, costs, and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lineage import api, names
from lineage.clients import Clients
from lineage.errors import (
    FactsDisagree,
    InputChanged,
    InvalidDocument,
    JobNotCompleted,
    LineageIncomplete,
    LineageNotReady,
    RecordConflict,
    RecordMissing,
)
from lineage.model import Artifact
from lineage.records.archive import Archive, location
from lineage.records.record import Record
from lineage.vocabulary import ActionType, ArtifactType, Stage, Status
from lineage.whole import packages
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.nights import DescribedJobs, StagedNight, put
from tests.lineage.wires import HookedWire

NewNight = Callable[..., StagedNight]


def test_every_stage_leaves_the_night_so_far_as_a_record(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    for recording in night.record_until(Stage.DEPLOYMENT_OUTCOME, clients):
        stage = recording.record.stage
        text = s3.get_object(**location(recording.record.uri))["Body"].read().decode()
        stored = Record.parse(recording.record.uri, text)
        assert stored == recording.record
        assert set(stored.graph.entities) >= set(graph_until(stage, night.document).entities) - {
            f"artifact:{builders.a_package(night.document)['ModelPackageArn']}"
        }


def test_the_states_that_follow_get_the_uris_that_they_need(
    night: StagedNight, clients: Clients
) -> None:
    uris = [recording.uris for recording in night.record_until(Stage.REGISTRATION, clients)]
    assert [sorted(each) for each in uris] == [
        ["HoldoutUri", "TrainUri", "ValidationUri"],
        ["ModelUri"],
        ["ReportUri"],
        ["PackageArn"],
    ]
    assert uris[0]["TrainUri"].endswith("/train/")


def test_the_digest_of_the_record_is_on_the_night(
    night: StagedNight, clients: Clients, sagemaker: Any, s3: Any
) -> None:
    record = night.record_until(Stage.REGISTRATION, clients)[-1].record
    body = s3.get_object(**location(record.uri))["Body"].read().decode()
    (action,) = record.graph.actions(ActionType.NIGHTLY_RETRAIN)
    found = api.find(sagemaker, action)
    assert found is not None
    assert found.entity.properties["RegistrationRecordSha256"] == names.sha256(body)


def test_artifacts_that_sagemaker_made_first_are_adopted(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    """Its own have no SourceTypes, no name and no properties; what they have is kept."""
    mine = graph_until(Stage.REGISTRATION, night.document).entities.values()
    made = {
        it.source_uri: sagemaker.create_artifact(
            ArtifactType=it.type, Source={"SourceUri": it.source_uri}, Properties={"Its": "own"}
        )["ArtifactArn"]
        for it in mine
        if isinstance(it, Artifact) and "model-package" not in it.source_uri
    }
    night.record_until(Stage.REGISTRATION, clients)
    for uri, arn in made.items():
        listed = sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
        assert [each["ArtifactArn"] for each in listed] == [arn]
        properties = sagemaker.describe_artifact(ArtifactArn=arn)["Properties"]
        assert properties["Its"] == "own"
        assert len(properties) > 2


def test_an_artifact_that_sagemaker_makes_at_the_same_time_is_adopted(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    """It appears between our look and our creation, which is then refused."""
    uri = builders.the_jobs(night.document).train["ModelArtifacts"]["S3ModelArtifacts"]

    def make() -> None:
        sagemaker.create_artifact(ArtifactType="Model", Source={"SourceUri": uri})

    night.record(Stage.FEATURISE, clients)
    night.record(Stage.TRAINING, HookedWire(hooks={"create_artifact": make}).through(clients))
    (only,) = sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
    found = sagemaker.describe_artifact(ArtifactArn=only["ArtifactArn"])
    assert found["Properties"]["RunId"] == night.document["RunId"]


def test_an_artifact_with_source_types_is_somebody_elses(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    uri = builders.the_jobs(night.document).train["ModelArtifacts"]["S3ModelArtifacts"]
    theirs = sagemaker.create_artifact(
        ArtifactType="Model",
        Source={
            "SourceUri": uri,
            "SourceTypes": [{"SourceIdType": "Custom", "Value": "theirs"}],
        },
    )["ArtifactArn"]
    night.record_until(Stage.TRAINING, clients)
    assert not sagemaker.describe_artifact(ArtifactArn=theirs).get("Properties")
    assert len(sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]) == 2


def test_two_nights_with_equal_input_share_its_artifact(
    new_night: NewNight, sagemaker: Any, s3: Any
) -> None:
    one = new_night()
    same = {"dataset": one.document["RunId"].rpartition("-")[2]}
    other = new_night(document=same)
    for night in (one, other):
        night.record(Stage.FEATURISE, Clients(DescribedJobs(sagemaker, night), s3))
    uri = one.document["Dataset"]["ManifestUri"]
    (shared,) = sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
    edges = sagemaker.list_associations(SourceArn=shared["ArtifactArn"])["AssociationSummaries"]
    assert len(edges) == 2


def test_a_rejected_night_is_recorded_with_its_decision(
    new_night: NewNight, sagemaker: Any, s3: Any
) -> None:
    night = new_night(auc=0.91)
    recordings = night.record_until(Stage.EVALUATION, Clients(DescribedJobs(sagemaker, night), s3))
    (action,) = recordings[-1].record.graph.actions(ActionType.NIGHTLY_RETRAIN)
    found = api.find(sagemaker, action)
    assert found is not None
    assert found.entity.properties["Decision"] == "Rejected"
    assert sagemaker.describe_action(ActionName=action.name)["Status"] == Status.COMPLETED


def test_an_endpoint_context_that_sagemaker_made_is_adopted(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    for _ in range(2):
        night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    listed = sagemaker.list_contexts(ContextType="Endpoint")["ContextSummaries"]
    names_listed = [each["ContextName"] for each in listed]
    assert names_listed.count("fraud-candidate-aws-endpoint") == 1


def test_what_was_deleted_from_the_index_is_written_again(
    night: StagedNight, clients: Clients, sagemaker: Any
) -> None:
    night.record_until(Stage.REGISTRATION, clients)
    report = graph_until(Stage.EVALUATION, night.document).artifacts(
        ArtifactType.EVALUATION_REPORT
    )[0]
    found = api.find(sagemaker, report)
    assert found is not None
    for edge in (
        *sagemaker.list_associations(SourceArn=found.arn)["AssociationSummaries"],
        *sagemaker.list_associations(DestinationArn=found.arn)["AssociationSummaries"],
    ):
        sagemaker.delete_association(
            SourceArn=edge["SourceArn"], DestinationArn=edge["DestinationArn"]
        )
    sagemaker.delete_artifact(ArtifactArn=found.arn)
    night.record(Stage.REGISTRATION, clients)
    again = api.find(sagemaker, report)
    assert again is not None
    assert again.entity.properties == found.entity.properties


@pytest.mark.parametrize("stage", [Stage.FEATURISE, Stage.TRAINING, Stage.EVALUATION])
def test_a_job_that_did_not_complete_is_not_recorded(
    stage: Stage, night: StagedNight, clients: Clients
) -> None:
    jobs = builders.the_jobs(night.document)
    job = {"Featurise": jobs.featurise, "Training": jobs.train, "Evaluation": jobs.evaluate}[stage]
    kind = "Training" if stage is Stage.TRAINING else "Processing"
    stopped = {**job, f"{kind}JobStatus": "Stopped"}
    if stage.previous:
        night.record_until(stage.previous, clients)
    with pytest.raises(JobNotCompleted, match="is Stopped"):
        night.record(stage, _describing(clients, stopped))


def test_an_input_that_was_overwritten_is_noticed(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    uri = _source_uris(night, s3)[0]
    put(s3, uri, "corrected labels")
    with pytest.raises(InputChanged, match=rf"1 of 2 .*{uri}"):
        night.record(Stage.FEATURISE, clients)


def test_an_input_that_was_written_again_with_the_same_content_is_noticed(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    """Its ETag is the same, its version is not: it was not what the job may have read."""
    uri = _source_uris(night, s3)[0]
    content = s3.get_object(**location(uri))["Body"].read().decode()
    put(s3, uri, content)
    with pytest.raises(InputChanged):
        night.record(Stage.FEATURISE, clients)


def test_an_input_that_was_deleted_is_noticed(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    s3.delete_object(**location(_source_uris(night, s3)[1]))
    with pytest.raises(InputChanged, match="start the night again"):
        night.record(Stage.FEATURISE, clients)


def test_a_stage_needs_the_record_of_the_one_before(night: StagedNight, clients: Clients) -> None:
    with pytest.raises(RecordMissing, match=r"featurise\.json is not there"):
        night.record(Stage.TRAINING, clients)


def test_a_record_is_never_rewritten(night: StagedNight, clients: Clients, s3: Any) -> None:
    record = night.record_until(Stage.FEATURISE, clients)[0].record
    put(s3, record.uri, record.text.replace("2026", "2025"))
    with pytest.raises(RecordConflict, match=record.uri):
        night.record(Stage.FEATURISE, clients)


def test_a_report_that_is_no_evaluation_is_refused(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    night.record_until(Stage.TRAINING, clients)
    report = builders.an_evaluation()
    report["binary_classification_metrics"]["auc"]["value"] = "NaN"
    put(s3, builders.report_uri(night.document), json.dumps(report))
    with pytest.raises(InvalidDocument, match=r"auc\.value: 'NaN' is not of type 'number'"):
        night.record(Stage.EVALUATION, clients)


def test_a_summary_that_is_missing_is_named(night: StagedNight, clients: Clients, s3: Any) -> None:
    outputs = builders.the_jobs(night.document).featurise["ProcessingOutputConfig"]["Outputs"]
    (summary,) = [each["S3Output"]["S3Uri"] for each in outputs if each["OutputName"] == "summary"]
    s3.delete_object(**location(f"{summary}summary.json"))
    with pytest.raises(LineageIncomplete, match=r"summary\.json is not there"):
        night.record(Stage.FEATURISE, clients)


def test_a_model_trained_on_other_data_stops_the_night(
    night: StagedNight, clients: Clients
) -> None:
    jobs = builders.the_jobs(night.document)
    elsewhere = builders.a_training_job(
        night.document,
        channels={"train": "s3://elsewhere/train/", "validation": "s3://elsewhere/validation/"},
        model_uri=jobs.train["ModelArtifacts"]["S3ModelArtifacts"],
    )
    night.record(Stage.FEATURISE, clients)
    with pytest.raises(LineageIncomplete, match=r"s3://elsewhere/train/, of .* is not recorded"):
        night.record(Stage.TRAINING, _describing(clients, elsewhere))


def test_a_package_of_another_model_is_refused(night: StagedNight, clients: Clients) -> None:
    night.record_until(Stage.EVALUATION, clients)
    package = builders.a_package(night.document, night.version)
    package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"] = "s3://other/model.tar.gz"
    with pytest.raises(LineageIncomplete, match=r"s3://other/model\.tar\.gz"):
        night.record(Stage.REGISTRATION, _describing(clients, package))


def test_a_package_of_a_night_that_was_rejected_is_refused(
    new_night: NewNight, sagemaker: Any, s3: Any
) -> None:
    night = new_night(auc=0.91)
    clients = Clients(DescribedJobs(sagemaker, night), s3)
    night.record_until(Stage.EVALUATION, clients)
    with pytest.raises(FactsDisagree, match=r"decision in .*evaluation\.json is Rejected"):
        night.record(Stage.REGISTRATION, clients)


def test_a_package_with_another_image_is_refused(night: StagedNight, clients: Clients) -> None:
    night.record_until(Stage.EVALUATION, clients)
    package = builders.a_package(night.document, night.version)
    package["InferenceSpecification"]["Containers"][0]["Image"] = "xgboost:latest"
    with pytest.raises(FactsDisagree, match="image"):
        night.record(Stage.REGISTRATION, _describing(clients, package))


def test_a_package_that_is_pending_at_first_is_recorded_with_what_it_gets_later(
    night: StagedNight, clients: Clients, s3: Any
) -> None:
    night.record_until(Stage.EVALUATION, clients)
    pending = builders.a_package(night.document, night.version)
    pending["ModelPackageStatus"] = "Pending"
    del pending["InferenceSpecification"]["Containers"][0]["ImageDigest"]
    with pytest.raises(LineageNotReady, match="is Pending"):
        night.record(Stage.REGISTRATION, _describing(clients, pending))
    record_uri = names.record_uri(night.document["RecordUri"], Stage.REGISTRATION)
    assert Archive(s3).read(record_uri) is None
    record = night.record(Stage.REGISTRATION, clients).record
    (package,) = packages(record.graph)
    assert package.properties["ImageDigest"].startswith("sha256:")


def test_metrics_that_appear_after_the_record_do_not_contradict_it(
    night: StagedNight, clients: Clients
) -> None:
    train = builders.the_jobs(night.document).train
    early = {**train, "FinalMetricDataList": train["FinalMetricDataList"][:1]}
    night.record(Stage.FEATURISE, clients)
    first = night.record(Stage.TRAINING, _describing(clients, early))
    assert first.record.training_metrics == {"train:auc": 0.9912}
    assert night.record(Stage.TRAINING, clients) == first


def test_an_index_that_lags_asks_for_a_retry_and_is_whole_at_the_next(
    night: StagedNight, clients: Clients
) -> None:
    night.record_until(Stage.TRAINING, clients)
    with pytest.raises(LineageNotReady, match=r"lacks .*evaluation\.json"):
        night.record(Stage.EVALUATION, replace(clients, sagemaker=_Lagging(clients.sagemaker)))
    assert night.record(Stage.EVALUATION, clients).indexed


class _Lagging:
    """Shows no lineage of what was written just now."""

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker

    def query_lineage(self, **request: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._sagemaker.query_lineage(**request)
        return {
            "Vertices": [it for it in answer["Vertices"] if it["Type"] != "EvaluationReport"],
            "Edges": answer["Edges"],
        }

    def __getattr__(self, name: str) -> Any:
        """Every other call is the real client's."""
        return getattr(self._sagemaker, name)


def _describing(clients: Clients, document: dict[str, Any]) -> Clients:
    """Clients that describe one job or package as given."""
    return replace(clients, sagemaker=clients.sagemaker.but(document))  # type: ignore[attr-defined]


def _source_uris(night: StagedNight, s3: Any) -> list[str]:
    objects = s3.get_object(**location(night.document["Dataset"]["ObjectsUri"]))["Body"].read()
    return [each["uri"] for each in json.loads(objects)["objects"]]
