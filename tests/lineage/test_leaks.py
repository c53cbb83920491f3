"""Nothing of one night shows in the lineage of another, however much they share or name it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from lineage import api, whole
from lineage.model import Action, Graph
from lineage.queries.excerpt import excerpt
from lineage.queries.explanation import AnsweredFrom, explain
from lineage.records.record import Record
from lineage.vocabulary import ActionType, ArtifactType, Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until
from tests.lineage.production import Production

HOUR, NOW = timedelta(hours=1), timedelta()


@pytest.fixture
def production() -> Production:
    """Two nights of the same input, whose packages served in turn, and one was restored."""
    made = Production(dataset="the same")
    made.roll_out(1, switched=NOW)
    made.roll_out(2, switched=HOUR, restored=2 * HOUR, **made.config_of(1))
    made.roll_out(2, switched=3 * HOUR, **made.config_of(1))
    return made


@pytest.fixture
def with_champion(production: Production) -> Production:
    name_champion(production)
    return production


def name_champion(production: Production) -> None:
    """Let the second night name the first one's package as the one that it was held against."""
    sagemaker, first = production.clients.sagemaker, production.nights[0]
    champion = {"ChampionPackageArn": first.package_arn, "ChampionVersion": "1"}
    graph = excerpt(sagemaker, production.nights[1].package_arn)
    named = (ActionType.NIGHTLY_RETRAIN, ActionType.EVALUATION, ArtifactType.EVALUATION_REPORT)
    for entity in [it for it in graph.entities.values() if it.type in named]:
        indexed = api.find(sagemaker, entity)
        assert indexed
        properties = {**entity.properties, **champion}
        if isinstance(entity, Action):
            sagemaker.update_action(ActionName=entity.name, Properties=properties)
        else:
            sagemaker.update_artifact(ArtifactArn=indexed.arn, Properties=properties)


def run_of(production: Production, version: int) -> str:
    run: str = production.nights[version - 1].document["RunId"]
    return run


@pytest.mark.parametrize(("version", "other"), [(1, 2), (2, 1)])
def test_an_explanation_says_nothing_of_a_night_with_the_same_input_and_endpoint(
    production: Production, version: int, other: int
) -> None:
    text = json.dumps(production.query.explain(version))
    assert run_of(production, version) in text
    assert run_of(production, other) not in text
    assert production.nights[other - 1].package_arn not in text


def test_a_champion_on_record_is_no_ancestor(with_champion: Production) -> None:
    first, second = with_champion.nights
    graph = excerpt(with_champion.clients.sagemaker, second.package_arn)
    told = [key for entity in graph.entities.values() for key in entity.properties]
    assert told.count("ChampionPackageArn") == 3
    assert [it.source_uri for it in whole.packages(graph)] == [second.package_arn]
    runs = {entity.properties.get("RunId") for entity in graph.entities.values()}
    assert runs == {run_of(with_champion, 2), None}
    assert first.package_arn not in json.dumps(with_champion.query.explain(2)["Path"])


def test_a_champion_is_no_cause_of_a_difference(production: Production) -> None:
    before = production.query.diff(1, 2)
    name_champion(production)
    found = production.query.diff(1, 2)
    assert found.pop("Champion")["PackageArn"] == {"B": production.nights[0].package_arn}
    assert found == before


def test_a_champion_in_a_record_is_no_ancestor() -> None:
    night = builders.a_night()
    graph = graph_until(Stage.REGISTRATION, night)
    (action,) = graph.actions(ActionType.NIGHTLY_RETRAIN)
    champion = {"ChampionPackageArn": builders.sagemaker_arn("model-package/fraud-classifier/3")}
    named = replace(action, properties={**action.properties, **champion})
    record = Record("s3://b/r.json", Stage.REGISTRATION, night, graph | Graph.of(named))
    read = Record.parse(record.uri, record.text).noted()
    plain = Record("s3://b/r.json", Stage.REGISTRATION, night, graph).noted()
    one, other = (explain(each, AnsweredFrom.RECORD) for each in (read, plain))
    assert {**one, "Record": {}} == {**other, "Record": {}}


@pytest.mark.parametrize("kind", ["processing-job", "training-job"])
def test_what_one_night_alone_used_touches_no_other(with_champion: Production, kind: str) -> None:
    jobs = {"processing-job": "ProcessingJob", "training-job": "TrainingJob"}
    job = with_champion.query.explain(1)[jobs[kind]]["Name"]
    touched = with_champion.query.impact(job)
    assert [night["RunId"] for night in touched["Nights"]] == [run_of(with_champion, 1)]
    assert touched["Packages"] == [with_champion.nights[0].package_arn]


def test_where_each_package_served_is_told_apart(production: Production) -> None:
    commit = production.nights[0].document["Code"]["Commit"]
    first, second = (night["Served"] for night in production.query.impact(commit)["Nights"])
    assert [(it["From"][11:13], it["Until"][11:13]) for it in first] == [("12", "13"), ("14", "15")]
    assert [(it["From"][11:13], it.get("Until", "")[11:13]) for it in second] == [
        ("13", "14"),
        ("15", ""),
    ]
