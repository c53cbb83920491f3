"""Metrics that a training job reports by printing them, found by regular expressions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

_BUILT_IN = (
    "accuracy",
    "auc",
    "aucpr",
    "balanced_accuracy",
    "error",
    "f1",
    "gamma-deviance",
    "gamma-nloglik",
    "logloss",
    "mae",
    "map",
    "merror",
    "mlogloss",
    "mse",
    "ndcg",
    "poisson-nloglik",
    "precision",
    "recall",
    "rmse",
    "tweedie-nloglik",
)
_NUMBER = r"([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"

# As DescribeTrainingJob shows them for the built-in XGBoost algorithm in public notebooks.
XGBOOST_DEFINITIONS: tuple[Mapping[str, str], ...] = tuple(
    {
        "Name": f"{channel}:{metric}",
        "Regex": rf".*\[[0-9]+\].*#011{channel}-{metric}:{_NUMBER}.*",
    }
    for metric in _BUILT_IN
    for channel in ("train", "validation")
)


def final_values(
    messages: Iterable[str], definitions: Iterable[Mapping[str, str]], at: datetime
) -> list[dict[str, Any]]:
    """The last value of each metric that was printed at all, as FinalMetricDataList has it."""
    kept = list(messages)
    found = ((definition["Name"], _last(kept, definition["Regex"])) for definition in definitions)
    return [
        {"MetricName": name, "Value": value, "Timestamp": at}
        for name, value in found
        if value is not None
    ]


def _last(messages: list[str], regex: str) -> float | None:
    pattern = re.compile(regex)
    # What begins with anything matches at the start of its line, or nowhere: to search on takes
    # the square of its length, for each of forty metrics.
    find = pattern.match if regex.startswith(".*") and "|" not in regex else pattern.search
    for message in reversed(messages):
        if (found := find(message)) and found.groups():
            return _finite(found.group(1))
    return None


def _finite(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
