"""PrepareRollout and TriggerDeploy while AWS is out: typed, so that the machines ask again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from embedded_aws.faults.fault import Fault
from embedded_aws.faults.match import Match
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.throttling import throttle
from embedded_aws.instance import Instance
from lineage.errors import LineageUnavailable
from tests.lambdas.lineage_functions import CONTEXT, load

PACKAGE = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/7"
TRIGGERING = {
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:rollout",
    "CANDIDATE_ENDPOINT": "fraud-candidate",
    "PRODUCTION_ENDPOINT": "fraud-production",
}


@pytest.fixture(autouse=True)
def throttled(faults: FaultPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore's own tries are over at once."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    faults.add(Fault("SageMaker throttles", Match("sagemaker", "*"), throttle("sagemaker")))


def test_throttling_without_end_is_named_before_a_rollout_begins(aws: Instance) -> None:
    handler = load("prepare_rollout", aws, {}).handler
    event = {
        "ExecutionArn": "arn:aws:states:us-east-1:123456789012:execution:rollout:fraud-v7-x",
        "StartTime": "2026-11-22T02:00:09.000Z",
        "LastAttempt": False,
        "Settings": {"Targets": [{"EndpointName": "fraud"}]},
        "Input": {
            "Trigger": "Night",
            "PackageArn": PACKAGE,
            "EndpointName": "fraud",
            "RolloutId": "v7-20261122T020008Z",
        },
    }
    with pytest.raises(LineageUnavailable, match="DescribeModelPackage"):
        handler(event, CONTEXT)


def test_throttling_without_end_is_named_before_a_rollout_is_started(aws: Instance) -> None:
    handler = load("trigger_deploy", aws, TRIGGERING).handler
    with pytest.raises(LineageUnavailable, match="DescribeModelPackage"):
        handler({"Trigger": "Night", "PackageArn": PACKAGE}, CONTEXT)
