"""What differs between two packages, and what explains it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from lineage.queries.difference import compare, compare_objects
from lineage.queries.explanation import AnsweredFrom, explain
from lineage.records.record import Record
from lineage.rendering.difference import as_text
from lineage.schema import require_valid
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.graphs import graph_until

ALIKE: dict[str, list[str]] = {"OnlyInA": [], "OnlyInB": [], "Rewritten": []}


@pytest.fixture
def explanation() -> dict[str, Any]:
    night = builders.a_night()
    record = Record(
        "s3://b/r.json", Stage.REGISTRATION, night, graph_until(Stage.REGISTRATION, night)
    )
    return explain(record.noted(), AnsweredFrom.INDEX)


def test_a_package_does_not_differ_from_itself(explanation: dict[str, Any]) -> None:
    found = compare(explanation, explanation, ALIKE)
    require_valid(found, "diff")
    assert set(found) == {"SchemaVersion", "A", "B", "Causes"}
    assert found["Causes"] == []
    assert "A and B are the same package." in as_text(found)


def test_two_packages_may_be_made_of_the_same(explanation: dict[str, Any]) -> None:
    other = deepcopy(explanation)
    other["Package"] |= {"Arn": f"{other['Package']['Arn']}1", "Version": 71}
    assert "Made of the same data, code," in as_text(compare(explanation, other, ALIKE))


@pytest.mark.parametrize(
    ("path", "value", "cause", "key"),
    [
        (("Dataset", "Digest"), "ab" * 32, "Data", "Digest"),
        (("Channels", "train", "Rows"), 7, "Data", "train.Rows"),
        (("Code", "Digest"), "ab" * 32, "Code", "Digest"),
        (("Image", "Uri"), "other/image:1", "Image", "Uri"),
        (("Image", "Digest"), f"sha256:{'ab' * 32}", "Image", "Digest"),
        (("Hyperparameters", "eta"), "0.3", "Hyperparameters", "eta"),
        (("Hyperparameters", "gamma"), "1", "Hyperparameters", "gamma"),
        (("Night", "TrainDays"), 14, "Settings", "TrainDays"),
        (("Decision", "Threshold"), 0.9, "Settings", "AucThreshold"),
        (("TrainingJob", "InstanceCount"), 2, "Instances", "training.InstanceCount"),
        (
            ("Evaluation", "Job", "InstanceType"),
            "ml.c5.xlarge",
            "Instances",
            "evaluation.InstanceType",
        ),
    ],
)
def test_whatever_makes_a_model_differ_is_a_cause(
    explanation: dict[str, Any], path: tuple[str, ...], value: object, cause: str, key: str
) -> None:
    other = deepcopy(explanation)
    *way, last = path
    target = other
    for step in way:
        target = target[step]
    before = target.get(last)
    target[last] = value
    found = compare(explanation, other, ALIKE)
    require_valid(json.loads(json.dumps(found)), "diff")
    assert found["Causes"] == [cause]
    assert found[cause] == {key: ({"A": before} if before is not None else {}) | {"B": value}}
    told = f"They differ in the {cause.lower()} alone, and the metrics do not."
    assert as_text(found).splitlines()[2] == told


def test_a_commit_that_left_the_jobs_code_alone_is_told_and_no_cause(
    explanation: dict[str, Any],
) -> None:
    other = deepcopy(explanation)
    other["Code"]["Commit"], other["Dataset"]["Digest"] = "ab" * 20, "ab" * 32
    found = compare(explanation, other, ALIKE)
    require_valid(found, "diff")
    assert found["Causes"] == ["Data"]
    assert found["Code"]["Commit"]["B"] == "ab" * 20
    assert f"→ {'ab' * 20}" in as_text(found)


def test_metrics_are_effects_and_never_causes(explanation: dict[str, Any]) -> None:
    other = deepcopy(explanation)
    other["Evaluation"]["Auc"] = 0.97
    other["TrainingJob"]["Metrics"]["train:auc"] = 0.999
    found = compare(explanation, other, ALIKE)
    require_valid(found, "diff")
    assert found["Causes"] == []
    assert found["Metrics"]["Auc"] == {"A": 0.9512, "B": 0.97}
    assert "  Auc        0.9512 → 0.9700" in as_text(found)


def judged(explanation: dict[str, Any], lower: float, upper: float) -> dict[str, Any]:
    """The same package, to which the evaluation gave another AUC with this interval."""
    other = deepcopy(explanation)
    other["Hyperparameters"]["eta"] = "0.3"
    other["Evaluation"] |= {"Auc": (lower + upper) / 2, "AucLower": lower, "AucUpper": upper}
    return other


EXPLAINED = (
    "They differ in the hyperparameters alone: nothing else on record can explain the metrics."
)


def test_the_only_cause_explains_metrics_whose_intervals_lie_apart(
    explanation: dict[str, Any],
) -> None:
    found = compare(explanation, judged(explanation, 0.97, 0.98), ALIKE)
    assert as_text(found).splitlines()[2] == EXPLAINED


def test_where_the_intervals_overlap_it_may_be_chance(explanation: dict[str, Any]) -> None:
    found = compare(explanation, judged(explanation, 0.95, 0.97), ALIKE)
    told = "The 95 % intervals of their AUCs overlap: chance may explain that difference."
    assert as_text(found).splitlines()[2] == f"{EXPLAINED} {told}"


def test_another_holdout_is_named_where_metrics_differ(explanation: dict[str, Any]) -> None:
    """Another night's model is judged on other days: that alone moves its AUC."""
    other = judged(explanation, 0.97, 0.98)
    other["Hyperparameters"] = explanation["Hyperparameters"]
    other["Channels"]["holdout"]["LastDay"] = "2026-11-22"
    told = as_text(compare(explanation, other, ALIKE)).splitlines()[2]
    assert told.startswith("They differ in the data alone: ")
    assert told.endswith(
        "Each was judged on a holdout of its own, so the metrics do not compare one to one."
    )


def test_several_causes_explain_nothing_singly(explanation: dict[str, Any]) -> None:
    other = deepcopy(explanation)
    other["Code"]["Digest"], other["Hyperparameters"]["eta"] = "ab" * 32, "0.3"
    found = compare(explanation, other, ALIKE)
    assert found["Causes"] == ["Code", "Hyperparameters"]
    assert "No single one of them" in as_text(found)


def test_names_and_times_of_jobs_are_no_difference(explanation: dict[str, Any]) -> None:
    other = deepcopy(explanation)
    other["TrainingJob"] |= {"Name": "another", "StartedAt": "2026-11-23T00:00:00Z"}
    assert compare(explanation, other, ALIKE)["Causes"] == []


def test_source_files_are_compared_by_content() -> None:
    one = [{"uri": "s3://b/a", "etag": "1"}, {"uri": "s3://b/b", "etag": "2"}]
    other = [{"uri": "s3://b/b", "etag": "3"}, {"uri": "s3://b/c", "etag": "4"}]
    assert compare_objects(one, other) == {
        "OnlyInA": ["s3://b/a"],
        "OnlyInB": ["s3://b/c"],
        "Rewritten": ["s3://b/b"],
    }


def test_rewritten_files_are_named_under_the_data(explanation: dict[str, Any]) -> None:
    other = deepcopy(explanation)
    other["Dataset"]["Digest"] = "ab" * 32
    rewritten = [f"s3://b/labelled/dt=2026-11-{day:02}/part-0.parquet" for day in range(1, 8)]
    found = compare(explanation, other, {**ALIKE, "Rewritten": rewritten, "OnlyInA": ["s3://b/c"]})
    require_valid(found, "diff")
    text = as_text(found)
    assert "They differ in the data alone" in text
    assert "1 file only A read:" in text
    assert "7 files rewritten between:" in text
    assert rewritten[0] in text
    assert "and 2 more" in text
