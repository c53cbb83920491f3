"""A rollout whose last recording was cut off behind the record: its event completes the graph."""

from __future__ import annotations

import json
from datetime import date

import pytest

from embedded_aws.faults.reading import read_faults
from tests.soak.nights import Nights, scheduled

pytestmark = pytest.mark.slow

CUT_OFF = {
    "name": "the end of the rollout is not noted",
    "service": "sagemaker",
    "operation": "UpdateAction",
    "parameters": {"ActionName": "*-candidate-deployment-*"},
    "calls": {"first": 1},
    "effect": {"error": {"code": "ValidationException"}},
}


def test_the_graph_has_what_the_record_tells_and_an_audit_finds_nothing(replayed: Nights) -> None:
    data_date = date(2029, 4, 3)
    replayed.deliver(data_date)
    replayed.wait_until(scheduled(data_date))
    replayed.aws.faults.add(*read_faults(json.dumps({"faults": [CUT_OFF]})))
    arn = replayed.start(data_date)
    replayed.settle()
    replayed.aws.faults.clear()
    rollout = json.loads(replayed.describe(arn)["output"])["Rollout"]
    machine = replayed.outputs["RolloutStateMachineArn"].replace(":stateMachine:", ":execution:")
    described = replayed.describe(f"{machine}:{rollout}")
    assert (described["status"], described["error"]) == ("FAILED", "ClientError")
    audited = replayed.invoke("QueryLineageFunction", {"Operation": "audit", "Since": "2029-04-01"})
    assert audited["Clean"], audited
