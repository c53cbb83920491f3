"""record_outcome: a failed night that finds no room in SageMaker's graph rings."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.cloudformation.template import parse
from embedded_aws.instance import Instance
from tests.lambdas.lineage_functions import CONTEXT, load
from tests.lineage import builders

NIGHT = builders.a_night()
ALARM = parse((ROOT / "template.yaml").read_text())["Resources"]["LineageOutOfQuotaAlarm"]


@pytest.fixture
def function(aws: Instance, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function, after a night that failed in its first state."""
    module = load("record_outcome", aws, {"BUCKET": "fraud"})
    history = [
        {
            "type": "ExecutionStarted",
            "executionStartedEventDetails": {"input": json.dumps({"DataDate": "2026-11-21"})},
        },
        {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "X", "cause": "y"}},
    ]
    monkeypatch.setattr(module, "events_of", lambda *_: history)
    monkeypatch.setattr(module, "stop_jobs_of_night", lambda *_: [])
    return module


@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_failed_night_out_of_quota_rings_the_alarm_on_it(
    function: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    is_indexed: bool,
) -> None:
    monkeypatch.setattr(function.recorder, "record_failure", lambda *_: is_indexed)
    function.handler(status_event(), CONTEXT)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    alarm = ALARM["Properties"]
    (dimension,) = alarm["Dimensions"]
    ringing = [
        it
        for it in metrics
        if it.get(alarm["MetricName"]) == [1.0] and it[dimension["Name"]] == dimension["Value"]
    ]
    assert bool(ringing) is not is_indexed


def status_event() -> dict[str, Any]:
    return {
        "detail": {
            "executionArn": NIGHT["ExecutionArn"],
            "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:retrain",
            "status": "FAILED",
            "startDate": 1_795_399_200_000,
            "stopDate": 1_795_399_290_000,
            "redriveCount": 0,
        }
    }
