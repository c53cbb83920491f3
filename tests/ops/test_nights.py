"""Nights told from histories that a real machine wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import yaml

from docs.generate import DEFINITION
from embedded_aws.instance import Instance
from ops.night import Night
from ops.nights import last_nights
from ops.table import HANDBOOK, STEPS, as_json, as_table
from tests.ops.machines import create_machine


def step(result: dict[str, Any], next_: str) -> dict[str, Any]:
    return {"Type": "Pass", "Output": result, "Next": next_}


def machine(auc: float) -> dict[str, Any]:
    """The night's skeleton: its state names, with results instead of jobs."""
    package = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/7"
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Featurise",
        "States": {
            "Featurise": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:sqs:getQueueUrl",
                "Arguments": {"QueueName": "{% $states.input.Queue %}"},
                "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 60, "MaxAttempts": 2}],
                "Next": "ReadAuc",
            },
            "ReadAuc": step({"Auc": auc}, "GateOnAuc"),
            "GateOnAuc": {
                "Type": "Choice",
                "Choices": [
                    {
                        "Condition": "{% $states.input.Auc >= 0.94 %}",
                        "Next": "RegisterIfGoodEnough",
                    }
                ],
                "Default": "NightRejected",
            },
            "RegisterIfGoodEnough": step({"PackageArn": package}, "TriggerDeploy"),
            "TriggerDeploy": {"Type": "Pass", "End": True},
            "NightRejected": {"Type": "Succeed"},
        },
    }


@pytest.fixture(scope="module")
def queue(client: Callable[[str], Any]) -> str:
    client("sqs").create_queue(QueueName="present")
    return "present"


@pytest.fixture
def nights_of(
    aws: Instance, client: Callable[[str], Any]
) -> Callable[[float, list[dict[str, Any]]], list[Night]]:
    """Run a machine once for every input, to the end; tell its nights."""
    stepfunctions = client("stepfunctions")

    def run(auc: float, inputs: list[dict[str, Any]]) -> list[Night]:
        arn = create_machine(client, f"night-{uuid4()}", machine(auc))
        for given in inputs:
            stepfunctions.start_execution(
                stateMachineArn=arn, name=given["DataDate"], input=json.dumps(given)
            )
            clock = aws.environment.clock
            clock.advance_to(clock.now() + timedelta(hours=1))
        return last_nights(stepfunctions, arn, 14)

    return run


NightsOf = Callable[[float, list[dict[str, Any]]], list[Night]]


def test_a_night_that_passes_the_gate_is_registered(nights_of: NightsOf, queue: str) -> None:
    (night,) = nights_of(0.95, [{"DataDate": "2026-11-21", "Queue": queue}])
    assert (night.data_date, night.status, night.decision) == (
        "2026-11-21",
        "SUCCEEDED",
        "registered",
    )
    assert (night.auc, night.package_version, night.retries, night.error) == (0.95, 7, 0, "")


def test_every_step_that_takes_time_has_a_column() -> None:
    states = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)["States"]
    tasks = {name for name, state in states.items() if state["Type"] == "Task"}
    assert set(STEPS) == tasks - {"FailNight"}


def test_a_night_below_it_is_rejected_and_has_no_package(nights_of: NightsOf, queue: str) -> None:
    (night,) = nights_of(0.93, [{"DataDate": "2026-11-21", "Queue": queue}])
    assert (night.decision, night.package_version, night.status) == ("rejected", None, "SUCCEEDED")


def test_retries_are_counted_and_waits_show_in_the_step(nights_of: NightsOf) -> None:
    (night,) = nights_of(0.95, [{"DataDate": "2026-11-21", "Queue": "absent"}])
    (featurise,) = night.steps
    assert night.status == "FAILED"
    assert (night.retries, featurise.retries) == (2, 2)
    assert "absent" in night.error or "exist" in night.error
    assert night.decision == "none"
    assert featurise.seconds is not None
    assert featurise.seconds >= 180, "two back-offs of one and two minutes"
    assert str(as_table([night]).caption).endswith(HANDBOOK)


def test_nights_are_told_in_the_order_of_their_dates(nights_of: NightsOf, queue: str) -> None:
    dates = ["2026-11-20", "2026-11-21", "2026-11-19"]
    nights = nights_of(0.95, [{"DataDate": date, "Queue": queue} for date in dates])
    assert [night.data_date for night in nights] == sorted(dates)


def test_the_table_and_the_json_say_the_same(nights_of: NightsOf, queue: str) -> None:
    nights = nights_of(0.95, [{"DataDate": "2026-11-21", "Queue": queue}])
    assert as_table(nights).row_count == 1
    (row,) = as_json(nights)
    assert json.loads(json.dumps(row)) == row
    assert (row["dataDate"], row["auc"], row["packageVersion"]) == ("2026-11-21", 0.95, 7)
    assert [step["name"] for step in row["steps"]] == [
        "Featurise",
        "ReadAuc",
        "GateOnAuc",
        "RegisterIfGoodEnough",
        "TriggerDeploy",
    ]


ARN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/3"
FOUND = {"Auc": 0.95, "Difference": -0.02, "DifferenceLower": -0.03, "DifferenceUpper": -0.01}


def challenged(pinned: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """A machine whose night meets a champion and is rejected on that account."""
    definition = machine(0.5)
    states = definition["States"]
    states["PrepareNight"] = {
        "Type": "Pass",
        "Assign": {"night": {"Champion": pinned}},
        "Next": "ReadAuc",
    }
    states["ReadAuc"] = step({"Auc": 0.93, **({"Champion": found} if found else {})}, "GateOnAuc")
    states["NightRejected"]["Output"] = {"Reason": "NonInferiorityNotShown"}
    del states["Featurise"]
    return {**definition, "StartAt": "PrepareNight"}


Listed = Callable[[dict[str, Any]], list[Night]]


@pytest.fixture
def listed(aws: Instance, client: Callable[[str], Any]) -> Listed:
    """Run a machine once, to the end; tell its night."""

    def run(definition: dict[str, Any]) -> list[Night]:
        arn = create_machine(client, f"challenged-{uuid4()}", definition)
        client("stepfunctions").start_execution(
            stateMachineArn=arn, name="2026-11-21", input=json.dumps({"DataDate": "2026-11-21"})
        )
        clock = aws.environment.clock
        clock.advance_to(clock.now() + timedelta(hours=1))
        return last_nights(client("stepfunctions"), arn, 1)

    return run


def test_a_champion_shows_with_its_auc_and_the_difference(listed: Listed) -> None:
    nights = listed(challenged({"PackageArn": ARN}, FOUND))
    (told,) = as_json(nights)
    assert told["champion"] == {
        "packageArn": ARN,
        "auc": 0.95,
        "difference": -0.02,
        "differenceLower": -0.03,
        "differenceUpper": -0.01,
        "notCompared": "",
    }
    assert told["reason"] == "NonInferiorityNotShown"
    table = as_table(nights)
    columns = {str(column.header): list(column.cells) for column in table.columns}
    assert columns["champion"] == ["v3 0.9500"]
    assert columns["diff [95 %]"] == ["-0.0200 [-0.0300, -0.0100]"]
    assert "rejected, for it was not shown to be as good" in str(table.caption)


def test_why_there_is_no_comparison_shows_below_the_table(listed: Listed) -> None:
    nights = listed(challenged({"NotComparable": "AccessDenied: no"}, {}))
    assert "not compared with production: AccessDenied: no" in str(as_table(nights).caption)
    (told,) = as_json(nights)
    assert (told["champion"]["auc"], told["champion"]["notCompared"]) == (None, "AccessDenied: no")


def test_without_a_champion_the_table_has_no_column_for_one(
    nights_of: NightsOf, queue: str
) -> None:
    nights = nights_of(0.95, [{"DataDate": "2026-11-21", "Queue": queue}])
    assert "champion" not in {str(column.header) for column in as_table(nights).columns}
    assert as_json(nights)[0]["champion"] is None
