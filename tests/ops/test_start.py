"""The input of a night that an operator starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.instance import Instance
from ops.errors import InvalidSetting
from ops.start import night_input, start


def test_settings_are_json_where_they_are_and_text_elsewhere() -> None:
    settings = [
        "AucThreshold=0.9",
        "AllowMissingPartitions=true",
        "TrainingInstanceType=ml.m5.large",
    ]
    assert night_input("2026-11-21", settings, None) == {
        "AucThreshold": 0.9,
        "AllowMissingPartitions": True,
        "TrainingInstanceType": "ml.m5.large",
        "DataDate": "2026-11-21",
    }


def test_a_setting_overrides_the_file_and_the_date_overrides_both(tmp_path: Path) -> None:
    file = tmp_path / "night.json"
    file.write_text('{"AucThreshold": 0.8, "TrainDays": 14, "DataDate": "2020-01-01"}')
    assert night_input("2026-11-21", ["AucThreshold=0.9"], file) == {
        "AucThreshold": 0.9,
        "TrainDays": 14,
        "DataDate": "2026-11-21",
    }


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_file_that_is_no_object_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "night.json"
    file.write_text(content)
    with pytest.raises(InvalidSetting, match="night"):
        night_input("2026-11-21", [], file)


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="AucThreshold=VALUE"):
        night_input("2026-11-21", ["AucThreshold"], None)


def test_one_hyperparameter_is_changed_without_telling_the_others() -> None:
    given = night_input("2026-11-21", ["Hyperparameters.eta=0.3"], None)
    assert given["Hyperparameters"]["eta"] == "0.3"
    assert given["Hyperparameters"]["objective"] == "binary:logistic"


def test_hyperparameters_of_a_file_are_the_ones_that_are_changed(tmp_path: Path) -> None:
    file = tmp_path / "night.json"
    few = {"num_round": "5", "objective": "binary:logistic", "eval_metric": "auc"}
    file.write_text(json.dumps({"Hyperparameters": few}))
    settings = ["Hyperparameters.eta=0.3", "Hyperparameters.num_round=6"]
    given = night_input("2026-11-21", settings, file)
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
        night_input(date, [setting], None)


@pytest.fixture(scope="module")
def machine_arn(client: Callable[[str], Any]) -> str:
    """A machine that takes a name once."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "states.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = client("iam").create_role(RoleName="starts", AssumeRolePolicyDocument=json.dumps(trust))
    definition = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}
    created = client("stepfunctions").create_state_machine(
        name="starts", definition=json.dumps(definition), roleArn=role["Role"]["Arn"]
    )
    return str(created["stateMachineArn"])


def test_a_name_starts_one_night_and_the_refusal_says_how_to_start_another(
    aws: Instance, client: Callable[[str], Any], machine_arn: str
) -> None:
    stepfunctions, clock = client("stepfunctions"), aws.environment.clock
    given = {"DataDate": "2026-11-21"}
    first = start(stepfunctions, machine_arn, given, "2026-11-21")
    clock.advance_to(clock.now() + timedelta(minutes=1))
    with pytest.raises(InvalidSetting, match="--name 2026-11-21-2"):
        start(stepfunctions, machine_arn, given, "2026-11-21")
    again = start(stepfunctions, machine_arn, given, "2026-11-21-2")
    assert (first.rsplit(":", 1)[1], again.rsplit(":", 1)[1]) == ("2026-11-21", "2026-11-21-2")
