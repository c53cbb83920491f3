"""Metrics found in a training job's output."""

from __future__ import annotations

from datetime import UTC, datetime

from embedded_aws.sagemaker.jobs.metrics import XGBOOST_DEFINITIONS, final_values

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_last_value_of_each_metric_counts() -> None:
    lines = ["[0]#011train-auc:0.5#011validation-auc:0.4", "[1]#011train-auc:0.75", "done"]
    assert final_values(lines, XGBOOST_DEFINITIONS, NOW) == [
        {"MetricName": "train:auc", "Value": 0.75, "Timestamp": NOW},
        {"MetricName": "validation:auc", "Value": 0.4, "Timestamp": NOW},
    ]


def test_aucpr_is_not_taken_for_auc() -> None:
    (metric,) = final_values(["[0]#011train-aucpr:0.5"], XGBOOST_DEFINITIONS, NOW)
    assert metric["MetricName"] == "train:aucpr"


def test_what_is_no_finite_number_is_no_metric() -> None:
    assert final_values(["[0]#011train-auc:nan"], XGBOOST_DEFINITIONS, NOW) == []
    anything = [{"Name": "loss", "Regex": r"loss=(\S+)"}]
    assert final_values(["loss=nan", "loss=none", "loss=inf"], anything, NOW) == []


def test_numbers_may_have_exponents() -> None:
    (metric,) = final_values(["[7]#011validation-rmse:1.5e-3"], XGBOOST_DEFINITIONS, NOW)
    assert metric["Value"] == 0.0015


def test_describe_can_show_no_more_than_forty_definitions() -> None:
    assert len(XGBOOST_DEFINITIONS) == 40
