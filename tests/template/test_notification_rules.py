"""Of which ends of a night people are told."""

from __future__ import annotations

import json

import pytest

from embedded_aws.eventbridge.patterns import EventPattern
from tests.template.project import project

EVENTS = project().of_type("AWS::Serverless::Function")["NotifyNightFunction"]["Events"]
MACHINE_ARN = project().resolved({"Ref": "RetrainStateMachine"})
REJECTED = '{"DataDate":"2026-11-21","Decision":"Rejected","Auc":0.93,"AucThreshold":0.94}'
REGISTERED = '{"DataDate":"2026-11-21","Decision":"Registered","Auc":0.96}'


def is_told(status: str, output: str | None, machine_arn: str = MACHINE_ARN) -> bool:
    event = {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"status": status, "stateMachineArn": machine_arn, "output": output},
    }
    rules = [json.dumps(project().resolved(it["Properties"]["Pattern"])) for it in EVENTS.values()]
    return any(EventPattern(rule).matches(event) for rule in rules)


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_night_that_did_not_succeed_is_told_of(status: str) -> None:
    assert is_told(status, None)


def test_a_rejected_night_is_told_of_and_a_registered_one_is_not() -> None:
    assert is_told("SUCCEEDED", REJECTED)
    assert not is_told("SUCCEEDED", REGISTERED)


def test_a_night_that_begins_is_not_told_of() -> None:
    assert not is_told("RUNNING", None)


def test_another_machine_is_nobodys_business() -> None:
    assert not is_told("FAILED", None, f"{MACHINE_ARN}-of-others")
