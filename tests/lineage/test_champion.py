"""What a night was compared with, told by values: no node, no edge."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from lineage import stages
from lineage.champion import Comparison, Figures
from lineage.errors import FactsDisagree
from lineage.facts import Night
from lineage.job_facts import ProcessingJob
from lineage.model import Graph
from lineage.queries.difference import compare
from lineage.queries.explanation import AnsweredFrom, explain
from lineage.records.record import Record
from lineage.rendering import difference, explanation
from lineage.results import Evaluation, Gate
from lineage.schema import complaints, require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until

NIGHT = builders.a_night()
ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/3"
PINNED = {"PackageArn": ARN, "ModelUri": f"{NIGHT['RunUri']}champion/v3/model.tar.gz"}
INTERVAL = {"method": "DeLong", "level": 0.95}
TOLD = {
    "auc": {"value": 0.95, "standard_deviation": 0.004},
    "auc_interval": {**INTERVAL, "lower": 0.942, "upper": 0.958},
    "auc_difference": {
        "value": 0.0012,
        "standard_deviation": 0.001,
        **INTERVAL,
        "lower": -0.0008,
        "upper": 0.0032,
    },
}
GATE = {**builders.a_gate(), "mode": "threshold-and-non-inferior", "margin": 0.01}
FIGURES = {
    "Auc": 0.95,
    "AucDifference": 0.0012,
    "AucDifferenceLower": -0.0008,
    "AucDifferenceUpper": 0.0032,
}


def evaluated(
    pinned: dict[str, Any] | None, told: dict[str, Any] | None, lower: float | None = -0.0008
) -> Graph:
    """What the stage of a night adds that met a champion, or none."""
    document = {**NIGHT, **({"Champion": pinned} if pinned else {})}
    job = deepcopy(builders.the_jobs(NIGHT).evaluate)
    if pinned and "ModelUri" in pinned:
        where = {"S3Uri": pinned["ModelUri"]}
        job["ProcessingInputs"].append({"InputName": "champion", "S3Input": where})
    report = {**builders.an_evaluation(), **({"champion": told} if told else {})}
    gate = builders.a_gate() if lower is None else {**GATE, "differenceLower": lower}
    assert complaints(report, "evaluation") == []
    return stages.evaluation(
        Night.parse(document),
        ProcessingJob.parse(job),
        builders.report_uri(NIGHT),
        Evaluation.parse(report),
        Gate.parse(gate),
    )


def whole_night(pinned: dict[str, Any], told: dict[str, Any] | None) -> dict[str, Any]:
    """The explanation of a package whose night met a champion."""
    without = graph_until(Stage.REGISTRATION, NIGHT)
    uri = f"{NIGHT['RecordUri']}registration.json"
    plain = Graph(
        {ref: it for ref, it in without.entities.items() if "Decision" not in it.properties},
        without.associations,
    )
    registered = Record(uri, Stage.REGISTRATION, NIGHT, without).noted()
    noted = {ref: it for ref, it in registered.entities.items() if ref not in plain.entities}
    stage = evaluated(pinned, told, -0.0008 if told and "auc" in told else None)
    (night,) = noted.values()
    decided = stage.entities[night.ref]
    graph = Graph({**plain.entities, **stage.entities}, without.associations)
    both = {**night.properties, **decided.properties}
    graph = Graph(
        {**graph.entities, night.ref: type(night)(**{**vars(night), "properties": both})},
        graph.associations,
    )
    document = explain(graph, AnsweredFrom.INDEX)
    require_valid(json.loads(json.dumps(document)), "explain")
    return document


def test_a_champion_adds_properties_and_neither_entity_nor_edge() -> None:
    alone, met = evaluated(None, None, lower=None), evaluated(PINNED, TOLD)
    assert met.entities.keys() == alone.entities.keys()
    assert met.associations == alone.associations
    (report,) = met.artifacts("EvaluationReport")
    assert Comparison.told_by(report.properties) == Comparison(
        ARN, Figures(0.95, 0.0012, lower=-0.0008, upper=0.0032)
    )


@pytest.mark.parametrize(
    ("pinned", "told", "reason"),
    [
        ({"NotComparable": "AccessDenied: no"}, None, "AccessDenied: no"),
        (PINNED, {"not_compared": "ModelUnreadable: no"}, "ModelUnreadable: no"),
        (PINNED, None, "the evaluation tells of no champion"),
    ],
    ids=["not-pinned", "not-scored", "untold"],
)
def test_why_it_was_not_compared_is_on_record(
    pinned: dict[str, Any], told: dict[str, Any] | None, reason: str
) -> None:
    (report,) = evaluated(pinned, told, lower=None).artifacts("EvaluationReport")
    assert report.properties["ChampionNotCompared"] == reason
    found = whole_night(pinned, told)
    assert found["Evaluation"]["Champion"]["NotCompared"] == reason
    assert reason in explanation.as_text(found)


def test_a_gate_that_decided_on_another_difference_is_refused() -> None:
    with pytest.raises(FactsDisagree, match="AUC difference"):
        evaluated(PINNED, TOLD, lower=-0.0007)


def test_a_job_that_met_another_champion_is_refused() -> None:
    document = {**NIGHT, "Champion": PINNED}
    with pytest.raises(FactsDisagree, match="champion of"):
        stages.evaluation(
            Night.parse(document),
            ProcessingJob.parse(builders.the_jobs(NIGHT).evaluate),
            builders.report_uri(NIGHT),
            Evaluation.parse(builders.an_evaluation()),
            Gate.parse(builders.a_gate()),
        )


def test_an_explanation_tells_the_figures_and_the_gates_mode() -> None:
    found = whole_night(PINNED, TOLD)
    assert found["Evaluation"]["Champion"] == {"PackageArn": ARN, **FIGURES}
    assert (found["Decision"]["Mode"], found["Decision"]["Margin"]) == (GATE["mode"], 0.01)
    text = explanation.as_text(found)
    assert "difference +0.0012, 95 % interval -0.0008 to +0.0032" in text
    assert f"AUC 0.9500 of {ARN}, in production" in text
    assert ARN in text


def test_another_champion_makes_no_model_and_is_no_cause() -> None:
    alike: dict[str, list[str]] = {"OnlyInA": [], "OnlyInB": [], "Rewritten": []}
    one, other = whole_night(PINNED, TOLD), whole_night({**PINNED, "PackageArn": f"{ARN}3"}, TOLD)
    found = compare(one, other, alike)
    require_valid(found, "diff")
    assert found["Causes"] == []
    assert found["Champion"] == {"PackageArn": {"A": ARN, "B": f"{ARN}3"}}
    assert f"{ARN} → {ARN}3" in difference.as_text(found)
