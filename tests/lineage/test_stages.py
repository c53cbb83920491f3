from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from lineage import stages
from lineage.errors import FactsDisagree
from lineage.facts import Night, Package
from lineage.job_facts import ProcessingJob
from lineage.model import Action, Artifact, Context, Graph, artifact_ref
from lineage.results import Evaluation, FeatureSummary, Gate
from lineage.vocabulary import ActionType, ArtifactType, ContextType, Stage, Status
from tests.lineage import builders
from tests.lineage.graphs import graph_until, stage_graphs

DOCUMENT = builders.a_night()
NIGHT = Night.parse(DOCUMENT)
JOBS = builders.the_jobs(DOCUMENT)
PACKAGE_ARN = builders.a_package(DOCUMENT)["ModelPackageArn"]
WHOLE = graph_until(Stage.DEPLOYMENT_OUTCOME, DOCUMENT)

EDGES = {
    ("source", "ContributedTo", "processing"),
    ("processing", "Produced", "train"),
    ("processing", "Produced", "validation"),
    ("processing", "Produced", "holdout"),
    ("train", "ContributedTo", "training"),
    ("validation", "ContributedTo", "training"),
    ("training", "Produced", "model"),
    ("model", "ContributedTo", "evaluation"),
    ("holdout", "ContributedTo", "evaluation"),
    ("evaluation", "Produced", "report"),
    ("model", "ContributedTo", "package"),
    ("report", "ContributedTo", "package"),
    ("night", "ContributedTo", "package"),
    ("night", "AssociatedWith", "workflow"),
    ("package", "ContributedTo", "deployment"),
    ("deployment", "AssociatedWith", "endpoint"),
}


def roles() -> dict[str, str]:
    """Refs of the night's entities, by the part that they play."""
    by_type = {
        role: next(ref for ref, entity in WHOLE.entities.items() if entity.type == entity_type)
        for role, entity_type in {
            "processing": ActionType.PROCESSING_JOB,
            "training": ActionType.TRAINING_JOB,
            "evaluation": ActionType.EVALUATION,
            "night": ActionType.NIGHTLY_RETRAIN,
            "deployment": ActionType.MODEL_DEPLOYMENT,
            "report": ArtifactType.EVALUATION_REPORT,
            "workflow": ContextType.WORKFLOW,
            "endpoint": ContextType.ENDPOINT,
        }.items()
    }
    job = ProcessingJob.parse(JOBS.featurise)
    channels = {
        name: artifact_ref(job.outputs[name]) for name in ("train", "validation", "holdout")
    }
    return {
        **by_type,
        **channels,
        "source": artifact_ref(NIGHT.dataset.manifest_uri),
        "model": artifact_ref(JOBS.train["ModelArtifacts"]["S3ModelArtifacts"]),
        "package": artifact_ref(PACKAGE_ARN),
    }


def test_a_deployed_night_has_exactly_the_edges_of_the_design() -> None:
    role_of = {ref: role for role, ref in roles().items()}
    edges = {(role_of[e.source], str(e.type), role_of[e.destination]) for e in WHOLE.associations}
    assert edges == EDGES


def test_a_deployed_night_has_exactly_the_nodes_of_the_design() -> None:
    assert set(roles().values()) == set(WHOLE.entities)


def test_from_the_package_back_to_the_source_are_five_edges() -> None:
    reached, edges = {roles()["package"]}, 0
    while roles()["source"] not in reached:
        reached = {source for ref in reached for source in WHOLE.sources_of(ref)}
        edges += 1
    assert edges == 5


def test_a_night_stays_within_its_budget() -> None:
    """At most 6 actions, 7 artifacts, 16 associations; contexts belong to workflow and endpoint."""
    kinds = Counter(type(entity) for entity in WHOLE.entities.values())
    assert kinds[Action] <= 6
    assert kinds[Artifact] <= 7
    assert len(WHOLE.associations) <= 16


def test_a_second_night_brings_no_new_context() -> None:
    another = graph_until(
        Stage.DEPLOYMENT_OUTCOME, builders.a_night("deadbeef", dataset="December")
    )
    new = (another - WHOLE).entities.values()
    assert not [entity for entity in new if isinstance(entity, Context)]


def test_nights_with_equal_input_share_its_data_set_and_nothing_else() -> None:
    another = graph_until(Stage.REGISTRATION, builders.a_night("deadbeef", data_date="2026-11-22"))
    shared = set(another.entities) & set(WHOLE.entities) - {roles()["package"]}
    assert shared == {roles()["source"], roles()["workflow"]}


def test_no_stage_contradicts_an_earlier_one() -> None:
    """A union raises EntityConflict on contradiction; all nodes that edges name exist in it."""
    ends = {ref for edge in WHOLE.associations for ref in (edge.source, edge.destination)}
    assert ends <= set(WHOLE.entities)


@pytest.mark.parametrize("entity", WHOLE.entities.values(), ids=lambda entity: entity.ref)
def test_properties_fit_into_sagemakers_limits(entity: Artifact | Action | Context) -> None:
    recorded = len(Stage)  # each stage will add the digest of its record to the night
    assert len(entity.properties) + recorded <= 30
    assert all(len(value) <= 2500 for value in entity.properties.values())


@pytest.mark.parametrize("entity", WHOLE.entities.values(), ids=lambda entity: entity.ref)
def test_names_are_legal_in_sagemaker(entity: Artifact | Action | Context) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}", entity.name)


def test_a_rejected_night_is_over_and_tells_why() -> None:
    graph = graph_until(Stage.EVALUATION, DOCUMENT, auc=0.91)
    (night,) = graph.actions(ActionType.NIGHTLY_RETRAIN)
    assert night.status is Status.COMPLETED
    assert night.properties["Decision"] == "Rejected"
    assert (night.properties["Auc"], night.properties["AucThreshold"]) == ("0.91", "0.94")


def test_a_night_that_passed_the_gate_is_in_progress_until_it_is_registered() -> None:
    statuses = {}
    for stage in (Stage.FEATURISE, Stage.EVALUATION, Stage.REGISTRATION):
        (night,) = graph_until(stage, DOCUMENT).actions(ActionType.NIGHTLY_RETRAIN)
        statuses[stage] = night.status
    assert list(statuses.values()) == [Status.IN_PROGRESS, Status.IN_PROGRESS, Status.COMPLETED]


def test_every_hyperparameter_is_on_the_training_job() -> None:
    (job,) = WHOLE.actions(ActionType.TRAINING_JOB)
    assert job.properties["Hyperparameters"] == (
        '{"eta":"0.1","eval_metric":"auc","max_depth":"4","num_round":"100",'
        '"objective":"binary:logistic"}'
    )


def test_an_auc_is_recorded_to_the_last_digit() -> None:
    auc = 0.1 + 0.2 + 0.64
    (report,) = graph_until(Stage.EVALUATION, DOCUMENT, auc=auc).artifacts(
        ArtifactType.EVALUATION_REPORT
    )
    assert float(report.properties["Auc"]) == auc


def test_a_featurise_job_that_read_other_data_is_refused() -> None:
    job = ProcessingJob.parse(JOBS.featurise)
    other = replace(job, inputs={**job.inputs, "source": "s3://fraud/labelled/"})
    with pytest.raises(FactsDisagree, match=r"source of .*featurise.* is s3://fraud/labelled/"):
        stages.featurise(NIGHT, other, FeatureSummary.parse(builders.a_summary(DOCUMENT)))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sourceDigest": "d1ff" * 16}, "source digest of summary.json .* is d1ff"),
        ({"source": {"objects": 3, "rows": 5}}, "number of source objects .* is 3, the night's"),
        ({"dataDate": "2026-11-20"}, "data date .* is 2026-11-20, the night's is 2026-11-21"),
    ],
)
def test_a_summary_of_other_input_is_refused(change: dict[str, Any], complaint: str) -> None:
    summary = FeatureSummary.parse(builders.a_summary(DOCUMENT) | change)
    with pytest.raises(FactsDisagree, match=complaint):
        stages.featurise(NIGHT, ProcessingJob.parse(JOBS.featurise), summary)


def test_a_job_that_ran_other_code_is_refused() -> None:
    job = ProcessingJob.parse(JOBS.evaluate)
    other = replace(job, inputs={**job.inputs, "code": "s3://fraud/code/other/"})
    with pytest.raises(FactsDisagree, match="code of"):
        evaluate(other, 0.9512)


def test_a_gate_that_decided_on_another_auc_is_refused() -> None:
    with pytest.raises(FactsDisagree, match=r"AUC of .*evaluation.json is 0.9512"):
        evaluate(ProcessingJob.parse(JOBS.evaluate), 0.95)


def test_a_package_with_another_image_is_refused() -> None:
    package = replace(Package.parse(builders.a_package(DOCUMENT)), image_uri="xgboost:latest")
    with pytest.raises(FactsDisagree, match="image of"):
        stages.registration(NIGHT, package, builders.report_uri(DOCUMENT))


def test_each_stage_adds_to_the_one_before() -> None:
    graphs = stage_graphs(DOCUMENT)
    for stage in graphs:
        if stage.previous:
            assert graphs[stage] - graph_until(stage.previous, DOCUMENT)


def evaluate(job: ProcessingJob, gate_auc: float) -> Graph:
    return stages.evaluation(
        NIGHT,
        job,
        builders.report_uri(DOCUMENT),
        Evaluation.parse(builders.an_evaluation(0.9512)),
        Gate.parse(builders.a_gate(gate_auc)),
    )
