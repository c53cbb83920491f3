from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from openlineage.client.serde import Serde

from lineage.rendering.openlineage import as_openlineage, events
from tests.lineage.rendering.openlineage_types import NotOfTheSchema, read_event

Document = dict[str, Any]


def test_every_event_is_one_by_the_published_schema(explanation: Document) -> None:
    """It comes back from the publisher's own types as it went in."""
    for event in events(explanation):
        assert _pruned(Serde.to_dict(read_event(event))) == _pruned(event)


def _pruned(document: Any) -> Any:
    """Without empty collections, which the publisher's types add wherever there may be some."""
    if isinstance(document, dict):
        pruned = {key: _pruned(value) for key, value in document.items()}
        return {key: value for key, value in pruned.items() if value not in ({}, [])}
    return [_pruned(each) for each in document] if isinstance(document, list) else document


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: event["run"].update(runId="not a uuid"),
        lambda event: event["job"].pop("name"),
        lambda event: event.update(eventType="ENDED"),
        lambda event: event["inputs"][0].update(rows=1),
        lambda event: event["inputs"][0]["inputFacets"]["inputStatistics"].update(rowCount="1"),
        lambda event: event["job"]["facets"]["jobType"].pop("integration"),
        lambda event: event["job"]["facets"].update(parent=event["run"]["facets"]["parent"]),
    ],
)
def test_the_check_sees_what_the_schema_forbids(
    explanation: Document, spoil: Callable[[Document], None]
) -> None:
    event = events(explanation)[0]
    spoil(event)
    with pytest.raises((NotOfTheSchema, TypeError, ValueError)):
        read_event(event)


def test_each_job_starts_and_completes_and_the_night_completes(explanation: Document) -> None:
    told = [(event["job"]["name"], event["eventType"]) for event in events(explanation)]
    assert sorted(told) == [
        ("nightly-retrain", "COMPLETE"),
        ("nightly-retrain.evaluate", "COMPLETE"),
        ("nightly-retrain.evaluate", "START"),
        ("nightly-retrain.featurise", "COMPLETE"),
        ("nightly-retrain.featurise", "START"),
        ("nightly-retrain.train", "COMPLETE"),
        ("nightly-retrain.train", "START"),
    ]


def test_events_come_in_the_order_of_time(explanation: Document) -> None:
    times = [event["eventTime"] for event in events(explanation)]
    assert times == sorted(times)


def test_the_night_is_the_parent_of_its_jobs(explanation: Document) -> None:
    *_, night = events(explanation)
    parents = [
        event["run"]["facets"]["parent"]
        for event in events(explanation)
        if event["job"] != night["job"]
    ]
    assert {each["run"]["runId"] for each in parents} == {night["run"]["runId"]}
    assert {each["job"]["name"] for each in parents} == {night["job"]["name"]}


def test_what_one_job_writes_the_next_one_reads(explanation: Document) -> None:
    """A data set has one name, or a catalogue draws islands."""
    completed = {
        event["job"]["name"].rpartition(".")[2]: event
        for event in events(explanation)
        if event["eventType"] == "COMPLETE"
    }

    def named(event: Document, side: str) -> set[tuple[str, str]]:
        return {(each["namespace"], each["name"]) for each in event[side]}

    featurised = named(completed["featurise"], "outputs")
    model = named(completed["train"], "outputs")
    assert named(completed["train"], "inputs") < featurised
    assert named(completed["evaluate"], "inputs") < featurised | model
    package = {("arn:aws:sagemaker:us-east-1:123456789012", "model-package/fraud-classifier")}
    assert named(completed["nightly-retrain"], "outputs") == package
    assert model < named(completed["nightly-retrain"], "inputs")


def test_rows_and_columns_are_told(explanation: Document) -> None:
    featurised = next(
        event
        for event in events(explanation)
        if event["job"]["name"].endswith("featurise") and event["outputs"]
    )
    (read,), train = featurised["inputs"], featurised["outputs"][0]
    assert read["inputFacets"]["inputStatistics"]["rowCount"] == 556_803
    assert read["facets"]["version"]["datasetVersion"] == explanation["Dataset"]["Digest"]
    assert train["outputFacets"]["outputStatistics"]["rowCount"] == 57_540
    assert [field["name"] for field in train["facets"]["schema"]["fields"]] == [
        "label",
        *explanation["ProcessingJob"]["Features"],
    ]


def test_a_run_tells_what_it_was_given_and_what_it_found(explanation: Document) -> None:
    runs = {event["job"]["name"].rpartition(".")[2]: event["run"] for event in events(explanation)}
    given = {each["key"]: each["value"] for each in _listed(runs["train"], "executionParameters")}
    assert given == explanation["Hyperparameters"]
    found = {each["key"]: each["value"] for each in _listed(runs["evaluate"], "tags")}
    assert found["Auc"] == "0.9512"
    decided = {each["key"]: each["value"] for each in _listed(runs["nightly-retrain"], "tags")}
    assert decided["Decision"] == "Passed"


def _listed(run: Document, facet: str) -> list[dict[str, str]]:
    (listed,) = (each for each in run["facets"][facet].values() if isinstance(each, list))
    return listed


def test_run_ids_are_the_same_in_every_rendering(explanation: Document) -> None:
    text = as_openlineage(explanation)
    assert text == as_openlineage(explanation)
    assert [json.loads(line) for line in text.splitlines()] == events(explanation)
    explanation["Night"]["ExecutionArn"] += "-2"
    assert text != as_openlineage(explanation)
