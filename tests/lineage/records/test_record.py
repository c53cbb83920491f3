from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from lineage import names
from lineage.errors import InvalidDocument, RecordTooNew
from lineage.model import Artifact, Graph
from lineage.queries.explanation import AnsweredFrom, explain
from lineage.records.record import Record, is_digest, restored
from lineage.schema import require_valid
from lineage.vocabulary import ActionType, Stage
from lineage.whole import require_whole
from tests.lineage import builders
from tests.lineage.graphs import graph_until, graphs
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

GOLDEN = Path(__file__).with_name("record-v1.json")
NIGHT = builders.a_night()
URI = f"{NIGHT['RecordUri']}registration.json"


def a_record(stage: Stage = Stage.REGISTRATION) -> Record:
    return Record(URI, stage, NIGHT, graph_until(stage, NIGHT))


@pytest.mark.parametrize("stage", Stage)
def test_a_record_reads_back_as_it_was_written(stage: Stage) -> None:
    record = a_record(stage)
    assert Record.parse(URI, record.text) == record


@given(graphs())
def test_any_graph_survives_its_record(graph: Graph) -> None:
    record = Record(URI, Stage.TRAINING, NIGHT, graph)
    assert Record.parse(URI, record.text).graph == graph


def test_equal_records_have_equal_texts() -> None:
    record = a_record()
    entities = dict(reversed(record.graph.entities.items()))
    shuffled = replace(record, graph=Graph(entities, record.graph.associations))
    assert shuffled.text == record.text


def test_the_digest_is_the_one_of_the_stored_text() -> None:
    record = a_record()
    assert record.sha256 == names.sha256(record.text)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"SchemaVersion": 0}, "SchemaVersion: 1 was expected"),
        ({"SchemaVersion": "2"}, "SchemaVersion: 1 was expected"),
        ({"Stage": "Baking"}, "Stage: 'Baking' is not one of"),
        ({"Night": None, "Graph": {"Artifacts": [{}]}}, "'Name' is a required property"),
        ({"Graph": {}}, "'Artifacts' is a required property"),
    ],
)
def test_a_document_that_is_no_record_is_refused(change: dict[str, Any], complaint: str) -> None:
    document = json.loads(a_record().text) | change
    with pytest.raises(InvalidDocument, match=complaint):
        Record.parse(URI, json.dumps(document))


@pytest.mark.parametrize("stage", Stage)
def test_every_record_is_one_by_its_schema(stage: Stage) -> None:
    a_record(stage).require_valid()


def test_what_is_no_record_is_not_to_be_stored() -> None:
    nameless = {key: value for key, value in NIGHT.items() if key != "RunId"}
    with pytest.raises(InvalidDocument, match="'RunId' is a required property"):
        replace(a_record(), night=nameless).require_valid()


def test_a_record_of_a_later_version_names_both_versions_and_what_to_do() -> None:
    later = json.loads(a_record().text) | {"SchemaVersion": 2, "Graphs": []}
    complaint = f"{URI} has SchemaVersion 2, and this reader knows 1 at most: ask a stack"
    with pytest.raises(RecordTooNew, match=complaint):
        Record.parse(URI, json.dumps(later))


def test_a_record_of_version_1_reads_for_ever_as_it_was_written() -> None:
    """The file is the registration record of a night that was run: it is never to be changed."""
    record = Record.parse(URI, GOLDEN.read_text())
    assert record.text == GOLDEN.read_text()
    require_whole(record.graph, Stage.REGISTRATION)
    explanation = explain(record.noted(), AnsweredFrom.RECORD)
    require_valid(explanation, "explain")
    assert explanation["Night"]["RunId"] == "20261114-fb5f35e2"


def test_the_night_in_the_index_carries_the_digest_of_its_record() -> None:
    record = a_record()
    (night,) = record.for_index().actions(ActionType.NIGHTLY_RETRAIN)
    assert night.properties["RegistrationRecordSha256"] == record.sha256


def test_every_record_bears_the_digests_of_those_before_it() -> None:
    """A chain: what is changed or deleted in its middle shows from its end."""
    night = StagedNight(builders.a_night())
    recordings = night.record_until(Stage.DEPLOYMENT_OUTCOME, World([night]).clients)
    told = {
        key: value
        for entity in recordings[-1].record.graph.entities.values()
        for key, value in entity.properties.items()
        if key.endswith("RecordSha256")
    }
    before = [each.record for each in recordings[:-1]]
    assert told == {f"{record.stage}RecordSha256": record.sha256 for record in before}


def test_a_deployment_in_the_index_carries_the_digest_of_its_record() -> None:
    record = a_record(Stage.DEPLOYMENT)
    (deployment,) = record.for_index().actions(ActionType.MODEL_DEPLOYMENT)
    assert deployment.properties["DeploymentRecordSha256"] == record.sha256


def test_hyperparameters_too_long_for_sagemaker_go_by_their_digest() -> None:
    record = a_record_with_long_hyperparameters()
    for_index = record.for_index()
    (original,) = record.graph.actions(ActionType.TRAINING_JOB)
    (shortened,) = for_index.actions(ActionType.TRAINING_JOB)
    digest = names.sha256(original.properties["Hyperparameters"])
    assert shortened.properties["Hyperparameters"] == f"sha256:{digest} {NIGHT['RecordUri']}"
    assert restored(for_index, record.graph) == record.noted()


def test_every_value_in_the_index_fits() -> None:
    for entity in a_record_with_long_hyperparameters().for_index().entities.values():
        assert all(names.is_property_value(value) for value in entity.properties.values())


@pytest.mark.parametrize("end_of_line", ["\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_value_of_two_lines_goes_by_its_digest_too(end_of_line: str) -> None:
    """SageMaker's pattern for values is `.*`; the record has it as it was said."""
    record = a_record(Stage.DEPLOYMENT)
    (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    comment = f"better than 6{end_of_line}and cheaper"
    commented = replace(
        deployment, properties={**deployment.properties, "ApprovalComment": comment}
    )
    graph = Graph({**record.graph.entities, deployment.ref: commented}, record.graph.associations)
    record = replace(record, graph=graph)
    (indexed,) = record.for_index().actions(ActionType.MODEL_DEPLOYMENT)
    assert is_digest(indexed.properties["ApprovalComment"])
    assert restored(record.for_index(), record.graph) == record.noted()


def test_what_no_record_tells_of_stays_as_sagemaker_has_it() -> None:
    """Somebody else's entity may lie beside ours, with a value that looks like our digests."""
    digest = f"sha256:{'1d' * 32} s3://elsewhere/"
    theirs = Artifact("s3://elsewhere/data", "DataSet", "theirs", {"Note": digest})
    assert restored(Graph.of(theirs), Graph()) == Graph.of(theirs)


def test_an_image_digest_is_no_digest_of_a_longer_value() -> None:
    assert not is_digest(f"sha256:{'1d' * 32}")


def a_record_with_long_hyperparameters() -> Record:
    record = a_record()
    (job,) = record.graph.actions(ActionType.TRAINING_JOB)
    long = names.canonical_json({"note": "x" * names.LONGEST_PROPERTY})
    longer = replace(job, properties={**job.properties, "Hyperparameters": long})
    graph = Graph({**record.graph.entities, job.ref: longer}, record.graph.associations)
    return replace(record, graph=graph)
