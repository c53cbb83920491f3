"""evaluation.json is read strictly, because a gate decides on it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from night.errors import ChampionNotComparable, InvalidEvaluation
from night.evaluation import read, require_comparison

GOOD: dict[str, Any] = {
    "version": 1,
    "binary_classification_metrics": {
        "auc": {"value": 0.95, "standard_deviation": 0.01},
        "average_precision": {"value": 0.7, "standard_deviation": "NaN"},
    },
    "auc_interval": {"method": "DeLong", "level": 0.95, "lower": 0.93, "upper": 0.97},
    "counts": {"rows": 1000, "positives": 10, "negatives": 990},
}


@pytest.fixture(scope="module")
def stored(client: Callable[[str], Any]) -> Callable[[str], tuple[Any, str]]:
    """Store a text as evaluation.json; give the S3 client and the object's URI."""
    s3 = client("s3")
    s3.create_bucket(Bucket="evaluations")

    def store(body: str) -> tuple[Any, str]:
        key = f"{uuid4()}/evaluation.json"
        s3.put_object(Bucket="evaluations", Key=key, Body=body.encode())
        return s3, f"s3://evaluations/{key}"

    return store


CHAMPION: dict[str, Any] = {
    "auc": {"value": 0.94, "standard_deviation": 0.01},
    "auc_interval": {"method": "DeLong", "level": 0.95, "lower": 0.92, "upper": 0.96},
    "auc_difference": {
        "value": 0.01,
        "standard_deviation": 0.01,
        "method": "DeLong",
        "level": 0.95,
        "lower": -0.0096,
        "upper": 0.0296,
    },
}


def with_value(path: str, value: object) -> str:
    document = copy.deepcopy(GOOD)
    *parents, last = path.split(".")
    target = document
    for name in parents:
        target = target[name]
    target[last] = value
    return json.dumps(document)


def test_a_good_one_gives_the_auc_unrounded(stored: Callable[[str], tuple[Any, str]]) -> None:
    body = with_value("binary_classification_metrics.auc.value", 0.9399999999999999)
    assert read(*stored(body))["Auc"] == 0.9399999999999999


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (with_value("binary_classification_metrics.auc.value", float("nan")), "NaN"),
        (with_value("binary_classification_metrics.auc.value", float("inf")), "Infinity"),
        (with_value("binary_classification_metrics.auc.value", "0.95"), "auc.value"),
        (with_value("binary_classification_metrics.auc.value", 1.5), "auc.value"),
        (with_value("binary_classification_metrics.auc.value", None), "auc.value"),
        (with_value("counts.positives", 0), "counts.positives"),
        (with_value("binary_classification_metrics", {}), "auc"),
        ("{", "not JSON"),
        ("[]", "object"),
    ],
)
def test_a_bad_one_is_refused_and_says_where(
    body: str, named: str, stored: Callable[[str], tuple[Any, str]]
) -> None:
    s3, uri = stored(body)
    with pytest.raises(InvalidEvaluation) as refused:
        read(s3, uri)
    assert named in str(refused.value)
    assert uri in str(refused.value)


def test_one_that_the_job_did_not_leave_is_refused_by_the_same_name(
    stored: Callable[[str], tuple[Any, str]],
) -> None:
    """A job that was stopped is refused here if ``.sync`` has called it a success."""
    s3, uri = stored("")
    with pytest.raises(InvalidEvaluation, match="the job did not leave it"):
        read(s3, uri.replace("evaluation.json", "other.json"))


def with_champion(**changed: object) -> str:
    return with_value("champion", {**CHAMPION, **changed})


def test_the_champions_figures_are_told_beside_the_nights(
    stored: Callable[[str], tuple[Any, str]],
) -> None:
    found = read(*stored(with_champion()))
    require_comparison(found)
    assert found["Champion"] == {
        "Auc": 0.94,
        "Difference": 0.01,
        "DifferenceLower": -0.0096,
        "DifferenceUpper": 0.0296,
    }


@pytest.mark.parametrize(
    "body",
    [
        with_champion(auc_difference={**CHAMPION["auc_difference"], "lower": float("nan")}),
        with_champion(auc_difference={**CHAMPION["auc_difference"], "lower": -1.5}),
        with_champion(auc_difference={}),
        with_champion(not_compared="yet it was"),
        with_value("champion", {}),
    ],
    ids=["nan", "impossible", "empty", "both", "neither"],
)
def test_a_champion_without_proper_figures_is_refused(
    body: str, stored: Callable[[str], tuple[Any, str]]
) -> None:
    with pytest.raises(InvalidEvaluation, match=r"champion|NaN"):
        read(*stored(body))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (with_value("champion", {"not_compared": "ModelUnreadable: cut short"}), "cut short"),
        (json.dumps(GOOD), "tells of none"),
    ],
    ids=["not-compared", "untold"],
)
def test_a_comparison_that_is_demanded_and_missing_is_an_error_by_name(
    body: str, reason: str, stored: Callable[[str], tuple[Any, str]]
) -> None:
    with pytest.raises(ChampionNotComparable, match=reason) as refused:
        require_comparison(read(*stored(body)))
    assert "GateMode=threshold" in str(refused.value)
