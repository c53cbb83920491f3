"""A night's parameters: input over the stack's overrides over the schema's defaults."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse
from lineage import schema
from night.errors import InvalidInput
from night.parameters import resolve

TEMPLATE = parse((ROOT / "template.yaml").read_text())["Parameters"]


def test_a_date_alone_gets_every_default() -> None:
    night = resolve({"DataDate": "2026-11-21"}, {})
    assert (night["TrainDays"], night["LabelDelayDays"], night["HoldoutDays"]) == (7, 7, 7)
    assert night["AucThreshold"] == 0.94
    assert night["AllowMissingPartitions"] is False


def test_the_stack_overrides_a_default_and_the_input_overrides_the_stack() -> None:
    stack = {"AucThreshold": "0.86", "TrainDays": "14", "HoldoutDays": ""}
    night = resolve({"DataDate": "2026-11-21", "TrainDays": 10}, stack)
    assert (night["AucThreshold"], night["TrainDays"], night["HoldoutDays"]) == (0.86, 10, 7)


OVERRIDES = [name for name in schema.load("night")["properties"] if name in TEMPLATE]


@pytest.mark.slow
@given(st.data())
@pytest.mark.parametrize("name", OVERRIDES)
def test_whatever_the_template_accepts_as_a_parameter_a_night_can_start_with(
    name: str, data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(TEMPLATE[name]["AllowedPattern"], fullmatch=True))
    night = resolve({"DataDate": "2026-11-21"}, {name: text})
    assert str(night[name]) == text or not text or float(night[name]) == float(text)


@pytest.mark.parametrize(
    ("given_input", "named"),
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
def test_a_wrong_input_is_refused_and_the_field_is_named(given_input: Any, named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        resolve(given_input, {})
    assert named in str(refused.value)


def test_a_threshold_of_one_is_allowed() -> None:
    assert resolve({"DataDate": "2026-11-21", "AucThreshold": 1}, {})["AucThreshold"] == 1
