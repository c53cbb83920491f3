"""A night's parameters: input over the stack's overrides over the schema's defaults."""

from __future__ import annotations

from typing import Any

import pytest

from night.errors import InvalidInput
from night.parameters import resolve


def test_a_date_alone_gets_every_default() -> None:
    night = resolve({"DataDate": "2026-11-21"}, {})
    assert (night["TrainDays"], night["LabelDelayDays"], night["HoldoutDays"]) == (7, 7, 7)
    assert night["AucThreshold"] == 0.94
    assert night["AllowMissingPartitions"] is False


def test_the_stack_overrides_a_default_and_the_input_overrides_the_stack() -> None:
    stack = {"AucThreshold": "0.86", "TrainDays": "14", "HoldoutDays": ""}
    night = resolve({"DataDate": "2026-11-21", "TrainDays": 10}, stack)
    assert (night["AucThreshold"], night["TrainDays"], night["HoldoutDays"]) == (0.86, 10, 7)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "DataDate"),
        ({"DataDate": "2026-11-21", "Threshold": 0.9}, "Threshold"),
        ({"DataDate": "21.11.2026"}, "$.DataDate"),
        ({"DataDate": "2026-02-30"}, "$.DataDate"),
        ({"DataDate": "2026-11-21", "AucThreshold": 0}, "$.AucThreshold"),
        ({"DataDate": "2026-11-21", "AucThreshold": 1.01}, "$.AucThreshold"),
        ({"DataDate": "2026-11-21", "AucThreshold": "0.9"}, "$.AucThreshold"),
        ({"DataDate": "2026-11-21", "TrainDays": 1}, "$.TrainDays"),
        ({"DataDate": "2026-11-21", "TrainDays": 7.5}, "$.TrainDays"),
        ({"DataDate": "2026-11-21", "Hyperparameters": {"num_round": 100}}, "$.Hyperparameters"),
        ([], "object"),
        (None, "object"),
    ],
)
def test_a_wrong_input_is_refused_and_the_field_is_named(given: Any, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        resolve(given, {})
    assert named in str(refused.value)


def test_a_threshold_of_one_is_allowed() -> None:
    assert resolve({"DataDate": "2026-11-21", "AucThreshold": 1}, {})["AucThreshold"] == 1
