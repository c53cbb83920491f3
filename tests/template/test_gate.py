"""What the gate decides, and what Evaluate is asked for, by the expressions of the definition."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import botocore.session
import jsonata
import pytest
import yaml
from botocore.validate import ParamValidator

from docs.generate import DEFINITION
from lineage import schema
from lineage.results import Gate

STATES: dict[str, dict[str, Any]] = yaml.load(DEFINITION.read_text(), yaml.CSafeLoader)["States"]
THRESHOLD, NON_INFERIOR = "threshold", "threshold-and-non-inferior"
CHAMPION = {
    "PackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/3",
    "ModelUri": "s3://fraud/runs/dt=2026-11-21/x/champion/v3/model.tar.gz",
    "FeaturesDigest": "ab" * 32,
}
MACHINE = {"Execution": {"RedriveCount": 0}, "State": {"RetryCount": 0}}


def said(expression: str, **variables: Any) -> Any:
    """What an expression of the definition says, by the variables in scope."""
    compiled = jsonata.Jsonata(expression.strip().removeprefix("{%").removesuffix("%}"))
    frame = compiled.create_frame()
    for name, value in variables.items():
        frame.bind(name, value)
    return compiled.evaluate(None, frame)


def gate(mode: str, auc: float, lower: float | None, champion: Any = None) -> dict[str, Any]:
    """The gate of a night; without a champion's figures if ``lower`` is None."""
    night = {"AucThreshold": 0.94, "GateMode": mode, "NonInferiorityMargin": 0.01}
    found: dict[str, Any] = {"Auc": auc}
    if champion:
        night["Champion"] = champion
    if lower is not None:
        found["Champion"] = {"Auc": 0.95, "Difference": lower, "DifferenceLower": lower}
    states = {"result": {"Payload": found}}
    decided: dict[str, Any] = said(STATES["ReadAuc"]["Assign"]["gate"], night=night, states=states)
    return decided


@pytest.mark.parametrize(
    ("mode", "auc", "lower", "reason"),
    [
        (THRESHOLD, 0.94, -0.5, None),
        (THRESHOLD, 0.94, None, None),
        (THRESHOLD, 0.9399999, 0.1, "AucBelowThreshold"),
        (NON_INFERIOR, 0.95, 0.0, None),
        (NON_INFERIOR, 0.95, -0.01, None),
        (NON_INFERIOR, 0.95, -0.0100001, "NonInferiorityNotShown"),
        (NON_INFERIOR, 0.93, 0.1, "AucBelowThreshold"),
        (NON_INFERIOR, 0.93, -0.2, "AucBelowThreshold"),
    ],
)
def test_the_gate_decides_by_its_mode(
    mode: str, auc: float, lower: float | None, reason: str | None
) -> None:
    decided = gate(mode, auc, lower, CHAMPION)
    assert (decided["passed"], decided.get("reason")) == (reason is None, reason)
    assert (decided["mode"], decided["threshold"], decided["auc"]) == (mode, 0.94, auc)
    assert decided.get("differenceLower") == (lower if mode == NON_INFERIOR else None)


@pytest.mark.parametrize("mode", [THRESHOLD, NON_INFERIOR])
def test_without_a_champion_the_threshold_alone_decides(mode: str) -> None:
    assert gate(mode, 0.95, None)["passed"] is True
    assert gate(mode, 0.93, None)["reason"] == "AucBelowThreshold"


def test_a_comparison_that_is_missing_where_it_decides_lets_nothing_pass() -> None:
    """ReadAuc refuses it by name; the gate would, too."""
    assert gate(NON_INFERIOR, 0.99, None, CHAMPION)["passed"] is False


def test_whatever_the_gate_tells_is_passed_on_and_read() -> None:
    """By the names of the recorder's event and of the lineage's facts."""
    known = schema.load("record_lineage_event")["properties"]["Gate"]["properties"]
    told = {*gate(NON_INFERIOR, 0.95, 0.0, CHAMPION), *gate(NON_INFERIOR, 0.93, 0.0, CHAMPION)}
    assert told <= known.keys()
    assert {_snake(name) for name in known} == {it.name for it in fields(Gate)}


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def demanded(mode: str, champion: Any) -> object:
    night = {"GateMode": mode, **({"Champion": champion} if champion else {})}
    return said(STATES["ReadAuc"]["Arguments"]["Payload"]["DemandsComparison"], night=night)


def test_a_comparison_is_demanded_only_where_it_decides() -> None:
    assert demanded(NON_INFERIOR, CHAMPION) is True
    assert demanded(NON_INFERIOR, None) is False
    assert demanded(THRESHOLD, CHAMPION) is False


@pytest.mark.parametrize(
    ("champion", "inputs"),
    [
        (CHAMPION, ["model", "holdout", "code", "champion"]),
        ({"NotComparable": "AccessDenied"}, ["model", "holdout", "code"]),
        (None, ["model", "holdout", "code"]),
    ],
    ids=["pinned", "not-comparable", "none"],
)
def test_evaluate_is_asked_for_a_champion_if_there_is_one(champion: Any, inputs: list[str]) -> None:
    arguments = STATES["Evaluate"]["Arguments"]
    scope = {
        "night": {"Code": {"Uri": "s3://c/"}, **({"Champion": champion} if champion else {})},
        "model": {"ModelUri": "s3://m"},
        "datasets": {"HoldoutUri": "s3://h/"},
    }
    asked = {
        "ProcessingInputs": said(arguments["ProcessingInputs"], **scope),
        "AppSpecification": {
            "ImageUri": "image",
            "ContainerArguments": said(
                arguments["AppSpecification"]["ContainerArguments"], **scope
            ),
        },
    }
    model = botocore.session.get_session().get_service_model("sagemaker")
    shape = model.operation_model("CreateProcessingJob").input_shape
    for member, value in asked.items():
        report = ParamValidator().validate(value, shape.members[member])
        assert not report.has_errors(), report.generate_report()
    assert [it["InputName"] for it in asked["ProcessingInputs"]] == inputs
    told = asked["AppSpecification"]["ContainerArguments"]
    assert ("--champion" in told) == ("champion" in inputs)
    assert max(map(len, told)) <= 256
