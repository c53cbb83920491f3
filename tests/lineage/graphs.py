"""The graph of a built night, stage by stage, and Hypothesis strategies for graphs at large."""

from __future__ import annotations

from functools import reduce
from itertools import combinations, product
from operator import or_
from typing import Any

from hypothesis import strategies as st

from lineage import stages
from lineage.facts import Night, Package
from lineage.job_facts import ProcessingJob, TrainingJob
from lineage.model import Action, Artifact, Association, Context, Entity, Graph
from lineage.results import Evaluation, FeatureSummary, Gate
from lineage.rollouts.rollout_facts import Ending, Rollout
from lineage.vocabulary import AssociationType, Stage, Status
from tests.lineage import builders

ENDPOINT_NAME = "fraud-candidate"


def stage_graphs(document: dict[str, Any], auc: float = 0.9512) -> dict[Stage, Graph]:
    """What each stage of the night adds; a rejected night ends with its evaluation."""
    night, jobs = Night.parse(document), builders.the_jobs(document)
    gate = Gate.parse(builders.a_gate(auc))
    report_uri = builders.report_uri(document)
    graphs = {
        Stage.FEATURISE: stages.featurise(
            night,
            ProcessingJob.parse(jobs.featurise),
            FeatureSummary.parse(builders.a_summary(document)),
        ),
        Stage.TRAINING: stages.training(night, TrainingJob.parse(jobs.train)),
        Stage.EVALUATION: stages.evaluation(
            night,
            ProcessingJob.parse(jobs.evaluate),
            report_uri,
            Evaluation.parse(builders.an_evaluation(auc)),
            gate,
        ),
    }
    if not gate.passed:
        return graphs
    package = Package.parse(builders.a_package(document))
    started = Rollout.parse(builders.a_rollout(document, package.arn))
    return graphs | {
        Stage.REGISTRATION: stages.registration(night, package, report_uri),
        Stage.DEPLOYMENT: stages.rollout(started),
        Stage.DEPLOYMENT_OUTCOME: stages.rollout_ending(
            started, Ending.parse(builders.an_outcome(document))
        ),
    }


def graph_until(stage: Stage, document: dict[str, Any], auc: float = 0.9512) -> Graph:
    """The night's graph up to a stage."""
    graphs = stage_graphs(document, auc)
    return reduce(or_, [graph for each, graph in graphs.items() if each.position <= stage.position])


def _facts(key: str) -> str:
    # One truth per key: graphs that contradict each other cannot be united, by design.
    return f"the {key}"


_KEYS = "abcd"
_PROPERTIES = [
    {key: _facts(key) for key in keys}
    for count in range(len(_KEYS) + 1)
    for keys in combinations(_KEYS, count)
]
_NUMBERS = range(6)
_ARTIFACTS = [
    Artifact(f"s3://bucket/{n}", "DataSet", f"data-{n}", properties)
    for n, properties in product(_NUMBERS, _PROPERTIES)
]
_ACTIONS = [
    Action(f"job-{n}", "ProcessingJob", f"arn:{n}", status, properties)
    for n, status, properties in product(_NUMBERS, Status, _PROPERTIES)
]
_CONTEXTS = [
    Context(f"workflow-{n}", "Workflow", f"arn:{n}", properties)
    for n, properties in product(_NUMBERS, _PROPERTIES)
]
# Each is one choice of Hypothesis, which takes its time to make one.
_entities: st.SearchStrategy[Entity] = st.one_of(
    *(st.sampled_from(each) for each in (_ARTIFACTS, _ACTIONS, _CONTEXTS))
)
_refs = st.sampled_from(list(dict.fromkeys(it.ref for it in (*_ARTIFACTS, *_ACTIONS, *_CONTEXTS))))
_associations = st.builds(Association, _refs, _refs, st.just(AssociationType.CONTRIBUTED_TO))


def graphs() -> st.SearchStrategy[Graph]:
    """Small graphs that overlap often and never contradict each other."""
    return st.builds(
        lambda entities, associations: reduce(
            or_, map(Graph.of, entities), Graph.of(associations=associations)
        ),
        st.lists(_entities, max_size=8),
        st.lists(_associations, max_size=8),
    )
