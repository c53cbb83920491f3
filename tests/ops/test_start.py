"""The input of a night that an operator starts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.instance import Instance
from ops.errors import InvalidSetting, NameTaken
from ops.start import from_file, night_input, start, start_next
from tests.ops.machines import create_machine


def test_settings_are_json_where_they_are_and_text_elsewhere() -> None:
    settings = [
        "AucThreshold=0.9",
        "AllowMissingPartitions=true",
        "TrainingInstanceType=ml.m5.large",
    ]
    assert night_input("2026-11-21", settings) == {
        "AucThreshold": 0.9,
        "AllowMissingPartitions": True,
        "TrainingInstanceType": "ml.m5.large",
        "DataDate": "2026-11-21",
    }


def test_a_setting_overrides_the_file_and_the_date_overrides_both(tmp_path: Path) -> None:
    file = tmp_path / "night.json"
    file.write_text('{"AucThreshold": 0.8, "TrainDays": 14, "DataDate": "2020-01-01"}')
    assert night_input("2026-11-21", ["AucThreshold=0.9"], from_file(file)) == {
        "AucThreshold": 0.9,
        "TrainDays": 14,
        "DataDate": "2026-11-21",
    }


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_file_that_is_no_object_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "night.json"
    file.write_text(content)
    with pytest.raises(InvalidSetting, match="night"):
        from_file(file)


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="AucThreshold=VALUE"):
        night_input("2026-11-21", ["AucThreshold"])


def test_one_hyperparameter_is_changed_without_telling_the_others() -> None:
    given = night_input("2026-11-21", ["Hyperparameters.eta=0.3"])
    assert given["Hyperparameters"]["eta"] == "0.3"
    assert given["Hyperparameters"]["objective"] == "binary:logistic"


def test_hyperparameters_of_a_file_are_the_ones_that_are_changed(tmp_path: Path) -> None:
    file = tmp_path / "night.json"
    few = {"num_round": "5", "objective": "binary:logistic", "eval_metric": "auc"}
    file.write_text(json.dumps({"Hyperparameters": few}))
    settings = ["Hyperparameters.eta=0.3", "Hyperparameters.num_round=6"]
    given = night_input("2026-11-21", settings, from_file(file))
    assert given["Hyperparameters"] == {**few, "eta": "0.3", "num_round": "6"}


@pytest.mark.parametrize(
    ("date", "setting", "place"),
    [
        ("2026-11-31", "AucThreshold=0.9", "DataDate"),
        ("2026-11-21", "AucThreshold=1.9", "AucThreshold"),
        ("2026-11-21", "AucTreshold=0.9", "AucTreshold"),
    ],
)
def test_what_a_night_would_refuse_is_refused_before_it_starts(
    date: str, setting: str, place: str
) -> None:
    with pytest.raises(InvalidSetting, match=place):
        night_input(date, [setting])


@pytest.fixture(scope="module")
def machine_arn(client: Callable[[str], Any]) -> str:
    """A machine that takes a name once."""
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    return create_machine(client, "starts", definition)


@pytest.fixture
def past(
    aws: Instance, client: Callable[[str], Any], machine_arn: str
) -> Callable[[str], Mapping[str, str]]:
    """Start the night of a date and let it end; its input."""

    def run(data_date: str) -> Mapping[str, str]:
        given = {"DataDate": data_date}
        start(client("stepfunctions"), machine_arn, given, data_date)
        aws.clock.advance_to(aws.clock.now() + timedelta(minutes=1))
        return given

    return run


def test_a_name_starts_one_night_and_the_refusal_says_how_to_go_on(
    client: Callable[[str], Any], machine_arn: str, past: Callable[[str], Mapping[str, str]]
) -> None:
    given = past("2026-11-21")
    with pytest.raises(NameTaken, match=r"nightly redrive 2026-11-21.*nightly rerun 2026-11-21"):
        start(client("stepfunctions"), machine_arn, given, "2026-11-21")


@pytest.mark.parametrize(
    ("data_date", "listed", "name"),
    [
        ("2026-11-18", {"2026-11-18"}, "2026-11-18-2"),
        ("2026-11-19", {"2026-11-19", "2026-11-19-2"}, "2026-11-19-3"),
        ("2026-11-20", set(), "2026-11-20-2"),
    ],
    ids=["the second", "the third", "a listing that lags behind"],
)
def test_a_rerun_takes_the_next_name_that_is_free(
    client: Callable[[str], Any],
    machine_arn: str,
    past: Callable[[str], Mapping[str, str]],
    data_date: str,
    listed: set[str],
    name: str,
) -> None:
    arn = start_next(client("stepfunctions"), machine_arn, past(data_date), listed)
    assert arn.rsplit(":", 1)[1] == name
