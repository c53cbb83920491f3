from __future__ import annotations

import json

import pytest

from lineage.model import Action, Graph
from lineage.queries.explanation import AnsweredFrom, explain
from lineage.records.record import Record
from lineage.rendering.explanation import as_text
from lineage.schema import require_valid
from lineage.vocabulary import Stage, Status
from tests.lineage import builders
from tests.lineage.graphs import graph_until

NIGHT = builders.a_night()
URI = f"{NIGHT['RecordUri']}registration.json"


def a_graph(stage: Stage = Stage.DEPLOYMENT_OUTCOME) -> Graph:
    registered = Record(URI, Stage.REGISTRATION, NIGHT, graph_until(Stage.REGISTRATION, NIGHT))
    return registered.noted() | graph_until(stage, NIGHT)


def test_it_is_a_document_by_its_schema() -> None:
    document = explain(a_graph(), AnsweredFrom.INDEX)
    require_valid(json.loads(json.dumps(document)), "explain")


def test_a_deployment_that_others_recorded_is_left_out() -> None:
    """Somebody else's action of that type tells nothing that ours tell."""
    theirs = Action("theirs", "ModelDeployment", "arn:theirs", Status.COMPLETED, {"By": "hand"})
    graph = a_graph()
    document = explain(graph | Graph.of(theirs), AnsweredFrom.INDEX)
    assert document == explain(graph, AnsweredFrom.INDEX)


def test_channels_come_in_the_order_of_their_use() -> None:
    channels = explain(a_graph(), AnsweredFrom.INDEX)["Channels"]
    assert list(channels) == ["train", "validation", "holdout"]
    assert channels["holdout"] == {
        "Uri": f"{NIGHT['RunUri']}featurise/{builders.job_name(NIGHT, 'featurise')}/holdout/",
        "Rows": 66_012,
        "Frauds": 402,
        "FirstDay": "2026-11-15",
        "LastDay": "2026-11-21",
    }


def test_the_text_shows_every_fact_in_full() -> None:
    """Whatever one may want to copy into another command stands there unabridged."""
    document = explain(a_graph(), AnsweredFrom.INDEX)
    text = as_text(document)
    for fact in (
        document["Package"]["Arn"],
        document["Night"]["ExecutionArn"],
        document["Dataset"]["Digest"],
        "2 objects, 556,803 rows, 2.05 kB",
        "2026-09-25 to 2026-11-21",
        document["ProcessingJob"]["Name"],
        document["TrainingJob"]["Name"],
        *(f"{name} = {value}" for name, value in document["Hyperparameters"].items()),
        document["Evaluation"]["Job"]["Name"],
        document["Evaluation"]["ReportUri"],
        "AUC 0.9512, 95 % interval 0.9445 to 0.9579",
        "passed: AUC 0.9512, threshold 0.94",
        document["Code"]["Digest"],
        document["Code"]["Commit"],
        document["Image"]["Uri"],
        document["Image"]["Digest"],
        document["Record"]["Sha256"],
        "fraud-candidate, as fraud-candidate-v7",
    ):
        assert fact in text


def test_the_text_says_when_a_package_is_deployed_nowhere() -> None:
    assert "deployed      nowhere\n" in as_text(
        explain(a_graph(Stage.REGISTRATION), AnsweredFrom.INDEX)
    )


@pytest.mark.parametrize(
    ("answered_from", "says_so"), [(AnsweredFrom.INDEX, False), (AnsweredFrom.RECORD, True)]
)
def test_the_text_says_when_it_is_from_the_record(
    answered_from: AnsweredFrom, *, says_so: bool
) -> None:
    assert ("answered from here" in as_text(explain(a_graph(), answered_from))) is says_so


def test_no_line_of_the_text_ends_in_blanks() -> None:
    lines = as_text(explain(a_graph(), AnsweredFrom.INDEX)).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(999, "999 B"), (1_000, "1 kB"), (123_456_789, "123 MB"), (5 * 10**15, "5e+03 TB")],
)
def test_sizes_are_shown_in_units(size_bytes: int, shown: str) -> None:
    document = explain(a_graph(), AnsweredFrom.INDEX)
    document["Dataset"]["Bytes"] = size_bytes
    assert f"rows, {shown}\n" in as_text(document)


def test_a_short_job_is_shown_in_seconds() -> None:
    document = explain(a_graph(), AnsweredFrom.INDEX)
    document["TrainingJob"]["EndedAt"] = "2026-11-22T02:05:09Z"
    assert "2026-11-22T02:05:00Z, 9 s on 1 ml.m5.xlarge" in as_text(document)
