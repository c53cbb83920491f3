"""AWS's own SDK reads a recorded night: alone, and amid what SageMaker notes by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from embedded_aws.instance import Instance
from embedded_aws.sagemaker.service import SageMaker
from lineage.clients import Clients
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

pytestmark = pytest.mark.slow

BUCKET = "fraud"
ALONE = StagedNight(builders.a_night("a1a1a1a1", bucket=BUCKET), version=1)
AMID = StagedNight(
    builders.a_night("b2b2b2b2", bucket=BUCKET, dataset="December"), version=2, endpoint_name="live"
)
NIGHTS = (ALONE, AMID)
SOURCE = ALONE.document["Dataset"]["ManifestUri"]
JOBS = builders.the_jobs(ALONE.document)
MODEL = JOBS.train["ModelArtifacts"]["S3ModelArtifacts"]
TRAIN, VALIDATION, HOLDOUT = (
    output["S3Output"]["S3Uri"]
    for output in JOBS.featurise["ProcessingOutputConfig"]["Outputs"][:3]
)
DATASETS = sorted([SOURCE, TRAIN, VALIDATION, HOLDOUT])

Seen = dict[str, Any]


@pytest.fixture(scope="module")
def told(aws: Instance, client: Callable[[str], Any], sdk_user: Callable[..., str]) -> list[Seen]:
    """What `sagemaker_sdk_lineage_user.py` was told of both nights."""
    s3, sagemaker = client("s3"), client("sagemaker")
    s3.create_bucket(Bucket=BUCKET)
    note_by_itself(aws, AMID)
    for night in NIGHTS:
        stage_night(s3, night)
        clients = Clients(DescribedJobs(sagemaker, night), s3)
        night.record_until(Stage.DEPLOYMENT_OUTCOME, clients)
    named = [f"{each.package_arn},{each.rollout['EndpointArn']}" for each in NIGHTS]
    printed = sdk_user("sagemaker_sdk_lineage_user.py", *named)
    answers: list[Seen] = json.loads(printed.splitlines()[-1])
    return answers


def note_by_itself(aws: Instance, night: StagedNight) -> None:
    """Let SageMaker see a night's jobs and approval, which are described but not of here."""
    (sagemaker,) = (each for each in aws.services if isinstance(each, SageMaker))
    jobs = builders.the_jobs(night.document)
    for job in (jobs.featurise, jobs.train, jobs.evaluate):
        sagemaker.lineage.automatic.job_ended(job)
    package = builders.a_package(night.document, night.version)
    approved = {"ModelApprovalStatus": "Approved", "LastModifiedTime": package["CreationTime"]}
    sagemaker.lineage.automatic.approval_changed(package | approved)
    aws.clock.advance_to(aws.clock.now() + timedelta(minutes=1))


@pytest.fixture
def alone(told: list[Seen]) -> Seen:
    """Of the night that only we wrote down."""
    return told[0]


@pytest.fixture
def amid(told: list[Seen]) -> Seen:
    """Of the night whose jobs SageMaker had noted before us."""
    return told[1]


def test_a_model_artifact_tells_its_data_sets_and_endpoints(alone: Seen) -> None:
    assert alone["package"]["datasets"] == DATASETS
    assert alone["package"]["endpoints"] == ["fraud-candidate-aws-endpoint"]


def test_a_model_artifact_tells_which_night_made_it(alone: Seen) -> None:
    properties = alone["package"]["properties"]
    assert properties["RunId"] == ALONE.document["RunId"]
    assert properties["RecordUri"] == ALONE.document["RecordUri"]


def test_a_query_by_type_finds_every_action_and_what_it_was_given(alone: Seen) -> None:
    read = {kind: action["artifacts"] for kind, action in alone["actions"].items()}
    assert read == {
        "ProcessingJob": [SOURCE],
        "TrainingJob": sorted([SOURCE, TRAIN, VALIDATION]),
        "Evaluation": sorted([*DATASETS, MODEL]),
        "NightlyRetrain": [],
    }


def test_an_action_tells_its_job_and_its_hyperparameters(alone: Seen) -> None:
    training = alone["actions"]["TrainingJob"]
    assert training["source"] == JOBS.train["TrainingJobArn"]
    assert training["status"] == "Completed"
    assert json.loads(training["properties"]["Hyperparameters"]) == builders.HYPERPARAMETERS


def test_the_nights_action_tells_its_execution_and_the_decision(alone: Seen) -> None:
    night = alone["actions"]["NightlyRetrain"]
    assert night["source"] == ALONE.document["ExecutionArn"]
    told = {key: night["properties"][key] for key in ("Decision", "Auc", "AucThreshold")}
    assert told == {"Decision": "Passed", "Auc": "0.9512", "AucThreshold": "0.94"}


def test_a_data_set_tells_what_became_of_it_and_nothing_of_other_nights(alone: Seen) -> None:
    """The SDK counts the data set that one starts from on both sides."""
    assert alone["source"] == {
        "uri": SOURCE,
        "downstream": DATASETS,
        "upstream": [SOURCE],
        "endpoints": ["fraud-candidate-aws-endpoint"],
    }


def test_an_endpoint_context_tells_what_serves_and_where_it_comes_from(alone: Seen) -> None:
    endpoint = alone["endpoint"]
    assert endpoint["type"] == "Endpoint"
    assert endpoint["models"] == sorted([ALONE.package_arn, MODEL])
    assert endpoint["datasets"] == DATASETS
    assert sorted(endpoint["deployments"]) == [
        "Evaluation",
        "ModelDeployment",
        "NightlyRetrain",
        "ProcessingJob",
        "TrainingJob",
    ]


def test_the_visualizer_shows_the_package_and_its_endpoint(alone: Seen) -> None:
    assert alone["tables"]["package"] == [
        ["Input", "EvaluationReport", "ContributedTo", "artifact"],
        ["Input", "Model", "ContributedTo", "artifact"],
        ["Input", "NightlyRetrain", "ContributedTo", "action"],
        ["Output", "ModelDeployment", "ContributedTo", "action"],
    ]
    assert alone["tables"]["endpoint"] == [["Input", "ModelDeployment", "AssociatedWith", "action"]]


def test_the_visualizer_shows_what_each_job_read_and_wrote(alone: Seen) -> None:
    tables = alone["tables"]
    assert tables["ProcessingJob"] == [
        ["Input", "DataSet", "ContributedTo", "artifact"],
        *[["Output", "DataSet", "Produced", "artifact"]] * 3,
    ]
    assert tables["TrainingJob"] == [
        *[["Input", "DataSet", "ContributedTo", "artifact"]] * 2,
        ["Output", "Model", "Produced", "artifact"],
    ]
    assert tables["Evaluation"] == [
        ["Input", "DataSet", "ContributedTo", "artifact"],
        ["Input", "Model", "ContributedTo", "artifact"],
        ["Output", "EvaluationReport", "Produced", "artifact"],
    ]


def test_the_documented_snippet_runs_and_finds_the_data_sets(alone: Seen) -> None:
    assert alone["documented"] == DATASETS


def test_jobs_that_sagemaker_noted_are_found_by_way_of_our_artifacts(amid: Seen) -> None:
    """Its trial components hang on the very artifacts that we adopt.

    The evaluation's is not among them: to SageMaker it wrote a prefix, to us the report within.
    """
    jobs = builders.the_jobs(AMID.document)
    assert amid["package"]["training_jobs"] == [jobs.train["TrainingJobArn"]]
    assert amid["endpoint"]["training_jobs"] == [jobs.train["TrainingJobArn"]]
    featurise = jobs.featurise["ProcessingJobName"]
    assert amid["endpoint"]["processing_jobs"] == [f"{featurise}-aws-processing-job"]


def test_an_approval_that_sagemaker_noted_leads_to_the_endpoint_by_way_of_our_graph(
    alone: Seen, amid: Seen
) -> None:
    assert alone["approvals"] == {}
    ((name, endpoints),) = amid["approvals"].items()
    assert name.startswith("fraud-classifier-2-Approved-")
    assert endpoints == ["live-aws-endpoint"]


def test_amid_sagemakers_own_entries_our_answers_are_whole_and_of_one_night(amid: Seen) -> None:
    """What it notes beyond ours are the further inputs of jobs: code and the list of objects."""
    document = AMID.document
    ours = {uri.replace(ALONE.document["RunId"], document["RunId"]) for uri in DATASETS[1:]}
    extra = {document["Code"]["Uri"], document["Dataset"]["ObjectsUri"]}
    assert set(amid["package"]["datasets"]) == {document["Dataset"]["ManifestUri"], *ours, *extra}
    assert amid["package"]["endpoints"] == ["live-aws-endpoint"]
    assert amid["actions"].keys() == {
        "ProcessingJob",
        "TrainingJob",
        "Evaluation",
        "NightlyRetrain",
    }
