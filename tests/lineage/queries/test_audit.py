"""What an audit finds, on an account of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from lineage import api, names
from lineage.clients import Clients
from lineage.query import LineageQuery
from lineage.records.archive import location
from lineage.records.shelf import Shelf
from lineage.rendering.audit import as_text
from lineage.retention import Retention
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, InService, StagedNight, put, stage_night


@pytest.fixture
def bucket(client: Callable[[str], Any]) -> str:
    name = f"audited-{uuid4()}"
    client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def group(sagemaker: Any) -> Iterator[str]:
    """A group with one package that nobody recorded yet."""
    name = f"audited-{uuid4()}"
    sagemaker.create_model_package_group(ModelPackageGroupName=name)
    container = {"Image": builders.IMAGE_URI, "ModelDataUrl": "s3://bucket/model.tar.gz"}
    sagemaker.create_model_package(
        ModelPackageGroupName=name,
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    yield name
    sagemaker.delete_model_package(ModelPackageName=f"{_package_prefix(name)}/1")


def _package_prefix(group: str) -> str:
    return builders.sagemaker_arn(f"model-package/{group}")


@pytest.fixture
def audited(sagemaker: Any, s3: Any, bucket: str, group: str) -> tuple[StagedNight, Clients]:
    """The night that registered the group's package, recorded until its deployment."""
    run = uuid4().hex[:8]
    document = builders.a_night(run, bucket=bucket, dataset=run, workflow=f"w-{run}")
    night = stage_night(s3, StagedNight(document | {"ModelPackageGroup": group}, version=1))
    clients = Clients(DescribedJobs(sagemaker, night), s3)
    night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    return night, clients


def report(audited: tuple[StagedNight, Clients], bucket: str, group: str) -> dict[str, Any]:
    night, clients = audited
    serving = Clients(InService(clients.sagemaker, night.rollout), clients.s3)
    found = LineageQuery(serving, group, bucket).audit()
    require_valid(json.loads(json.dumps(found)), "audit")
    return found


def findings(found: dict[str, Any]) -> list[str]:
    told = [it for each in [*found["Packages"], *found["Nights"]] for it in each["Findings"]]
    assert all(it["Next"].startswith(("aws ", "nightly ")) for it in told)
    return [it["Finding"] for it in told]


def test_a_recorded_package_is_clean(audited: Any, bucket: str, group: str) -> None:
    found = report(audited, bucket, group)
    assert found["Clean"], findings(found)
    assert [it["Index"] for it in (*found["Packages"], *found["Nights"])] == ["Whole", "Whole"]
    assert "clean" in as_text(found)


@pytest.mark.parametrize("stage", Stage)
def test_a_record_that_was_changed_shows(
    audited: Any, bucket: str, group: str, s3: Any, stage: Stage
) -> None:
    uri = _record_uri(audited[0], stage)
    text = s3.get_object(**location(uri))["Body"].read().decode()
    put(s3, uri, text.replace("0.9512", "0.9912") + " ")
    (finding,) = findings(report(audited, bucket, group))
    assert f"{uri} was changed" in finding


def _switches(s3: Any, bucket: str) -> list[str]:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="lineage/endpoint=")["Contents"]
    return [f"s3://{bucket}/{each['Key']}" for each in listed]


def test_a_switch_that_was_changed_shows(audited: Any, bucket: str, group: str, s3: Any) -> None:
    (uri,) = _switches(s3, bucket)
    text = s3.get_object(**location(uri))["Body"].read().decode()
    put(s3, uri, text.replace('"Night"', '"Approval"'))
    found = report(audited, bucket, group)
    (finding,) = (it["Finding"] for it in found["Endpoints"][0]["Findings"])
    assert "is not what fraud-candidate-deployment-v7-" in finding
    assert f"fraud-candidate: {finding}" in as_text(found)
    assert not found["Clean"]


def test_a_switch_that_is_gone_shows(audited: Any, bucket: str, group: str, s3: Any) -> None:
    s3.delete_object(**location(_switches(s3, bucket)[0]))
    (endpoint,) = report(audited, bucket, group)["Endpoints"]
    assert endpoint["Switches"] == 0
    assert re.match(
        r"the switch of .*Z is gone, which .* tells of", endpoint["Findings"][0]["Finding"]
    )


def test_a_switch_that_no_deployment_made_shows(
    audited: Any, bucket: str, group: str, s3: Any
) -> None:
    """Somebody wants it to have served since the day before."""
    (uri,) = _switches(s3, bucket)
    text = s3.get_object(**location(uri))["Body"].read().decode()
    earlier = re.sub(r'"At": "[^"]+"', '"At": "2026-11-21T00:00:00.000Z"', text)
    put(s3, f"{uri.rpartition('/')[0]}/20261121T000000.000Z.json", earlier)
    (endpoint,) = report(audited, bucket, group)["Endpoints"]
    (found,) = endpoint["Findings"]
    assert found == {
        "Finding": "the switch of 2026-11-21T00:00:00.000Z is told of by no deployment's record",
        "Next": f"aws s3api list-object-versions --bucket {bucket} --prefix"
        " lineage/endpoint=fraud-candidate/",
    }


def test_one_blank_more_is_a_change(audited: Any, bucket: str, group: str, s3: Any) -> None:
    uri = _record_uri(audited[0], Stage.REGISTRATION)
    put(s3, uri, s3.get_object(**location(uri))["Body"].read().decode() + "\n")
    assert "was changed" in findings(report(audited, bucket, group))[0]


def test_a_record_that_is_no_record_any_more_is_named(
    audited: Any, bucket: str, group: str, s3: Any
) -> None:
    uri = _record_uri(audited[0], Stage.REGISTRATION)
    put(s3, uri, "{")
    (found,) = findings(report(audited, bucket, group))
    assert f"{uri} was changed" in found
    assert found.endswith("it is no record any more")


def test_a_night_without_any_record_shows(audited: Any, bucket: str, group: str, s3: Any) -> None:
    folder = location(audited[0].document["RecordUri"])
    for item in s3.list_objects_v2(Bucket=bucket, Prefix=folder["Key"])["Contents"]:
        s3.delete_object(Bucket=bucket, Key=item["Key"])
    found = report(audited, bucket, group)
    assert f"{audited[0].document['RecordUri']} holds no record of it" in findings(found)
    text = as_text(found)
    assert text.startswith("1 package: in SageMaker's graph 1 whole\n1 night, 1 with findings: ")
    assert text.endswith("\nNOT CLEAN\n")


@pytest.mark.parametrize("stage", [Stage.FEATURISE, Stage.TRAINING, Stage.EVALUATION])
def test_a_record_that_is_gone_shows(
    audited: Any, bucket: str, group: str, s3: Any, stage: Stage
) -> None:
    s3.delete_object(**location(_record_uri(audited[0], stage)))
    (finding,) = findings(report(audited, bucket, group))
    assert f"the record {stage.lower()} is gone" in finding


def test_a_pruned_nights_records_are_still_compared(
    audited: Any, bucket: str, group: str, s3: Any
) -> None:
    """The digests went with SageMaker's graph, but not before they were noted."""
    Retention(audited[1], Shelf(s3, bucket), keep_nights=0).prune()
    pruned = report(audited, bucket, group)
    assert [it["Index"] for it in (*pruned["Packages"], *pruned["Nights"])] == ["Pruned", "Pruned"]
    assert pruned["Clean"]
    put(s3, _record_uri(audited[0], Stage.EVALUATION), "{}")
    s3.delete_object(**location(_record_uri(audited[0], Stage.TRAINING)))
    changed, gone = findings(report(audited, bucket, group))
    assert "evaluation.json was changed" in changed
    assert changed.endswith("it is no record any more")
    assert "the record training is gone; the note of its pruning says its digest" in gone


def test_a_hole_in_sagemakers_graph_shows(
    audited: Any, bucket: str, group: str, sagemaker: Any
) -> None:
    arn = api.find_artifact_arn(sagemaker, audited[0].package_arn, "Model")
    edge = sagemaker.list_associations(DestinationArn=arn)["AssociationSummaries"][0]
    sagemaker.delete_association(SourceArn=edge["SourceArn"], DestinationArn=arn)
    found = report(audited, bucket, group)
    assert [it["Index"] for it in (*found["Packages"], *found["Nights"])] == ["Holes", "Holes"]
    source, package = (api.describe(sagemaker, it).entity.ref for it in (edge["SourceArn"], arn))
    assert f"SageMaker's graph lacks {source} -> {package}" in findings(found)[0]
    assert audited[0].document["RunId"] in found["Nights"][0]["Findings"][0]["Next"]


def test_a_rejected_night_that_lost_its_report_is_not_whole(
    sagemaker: Any, s3: Any, bucket: str, group: str
) -> None:
    run = uuid4().hex[:8]
    document = builders.a_night(run, bucket=bucket, dataset=run, workflow=f"w-{run}")
    night = stage_night(s3, StagedNight(document, auc=0.9))
    night.record_until(Stage.EVALUATION, Clients(DescribedJobs(sagemaker, night), s3))
    report_arn = api.find_artifact_arn(sagemaker, builders.report_uri(document), "EvaluationReport")
    for edge in sagemaker.list_associations(DestinationArn=report_arn)["AssociationSummaries"]:
        sagemaker.delete_association(SourceArn=edge["SourceArn"], DestinationArn=report_arn)
    sagemaker.delete_artifact(ArtifactArn=report_arn)
    (found,) = LineageQuery(Clients(sagemaker, s3), group, bucket).audit()["Nights"]
    assert found["Index"] == "Holes"
    assert any(builders.report_uri(document) in it["Finding"] for it in found["Findings"])


def test_a_package_that_no_night_made_shows(
    sagemaker: Any, s3: Any, bucket: str, group: str
) -> None:
    found = LineageQuery(Clients(sagemaker, s3), group, bucket).audit()
    assert findings(found) == ["no record tells of its registration"]
    assert found["Packages"][0]["Index"] == "Absent"


def _record_uri(night: StagedNight, stage: Stage) -> str:
    folder: str = night.document["RecordUri"]
    if not stage.is_of_rollout:
        return names.record_uri(folder, stage)
    title = names.deployment(night.endpoint_name, night.rollout["RolloutId"])
    if stage is Stage.DEPLOYMENT_OUTCOME:
        title = names.deployment_outcome(title)
    return names.record_uri(folder, title)
