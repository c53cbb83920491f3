"""The rules that Step Functions makes in EventBridge for machines that run jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.stepfunctions.building import build_machine
from embedded_aws.stepfunctions.managed_rules import put_managed_rules

ROLE_ARN = "arn:aws:iam::123456789012:role/machine"
TRAINING = "StepFunctionsGetEventsForSageMakerTrainingJobsRule"
PROCESSING = "StepFunctionsGetEventsForSageMakerProcessingJobsRule"


def job(kind: str, suffix: str = ".sync") -> dict[str, Any]:
    resource = f"arn:aws:states:::sagemaker:create{kind}Job{suffix}"
    return {"Type": "Task", "Resource": resource, "Arguments": {}, "End": True}


def rules(client: Callable[[str], Any]) -> set[str]:
    return {rule["Name"] for rule in client("events").list_rules()["Rules"]}


def test_a_machine_makes_the_rules_of_all_its_jobs_wherever_they_stand(
    machines: Any, jsonata: Any, client: Callable[[str], Any]
) -> None:
    machines.create(jsonata({"T": job("Training", suffix="")}))
    assert not rules(client) & {TRAINING, PROCESSING}
    branch = {"StartAt": "T", "States": {"T": job("Training")}}
    state = {"Type": "Parallel", "Branches": [branch], "End": True}
    machines.create(jsonata({"P": state}))
    assert rules(client) & {TRAINING, PROCESSING} == {TRAINING}
    processor = {"StartAt": "T", "States": {"T": job("Processing")}}
    state = {"Type": "Map", "ItemProcessor": processor, "End": True}
    machines.create(jsonata({"M": state}))
    assert rules(client) >= {TRAINING, PROCESSING}
    described = client("events").describe_rule(Name=PROCESSING)
    assert json.loads(described["EventPattern"]) == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Processing Job State Change"],
    }


class _Denying:
    """A client of EventBridge whose role lacks one permission."""

    def __init__(self, events: Any, denied: str) -> None:
        self._events = events
        self._denied = denied

    def __getattr__(self, name: str) -> Any:
        if name == self._denied:
            error = {"Error": {"Code": "AccessDeniedException", "Message": "not allowed"}}
            raise ClientError(error, name)  # type: ignore[arg-type]
        return getattr(self._events, name)


@pytest.mark.parametrize("denied", ["describe_rule", "put_rule", "put_targets"])
def test_a_role_that_lacks_one_of_three_permissions_is_named(
    jsonata: Any, client: Callable[[str], Any], denied: str
) -> None:
    """Message as people report it who met it on AWS."""
    machine = build_machine(jsonata({"T": job("Training")}))
    events = _Denying(client("events"), denied)
    with pytest.raises(Exception, match=f"'{ROLE_ARN}' is not authorized to create managed-rule."):
        put_managed_rules(events, machine.workflow, ROLE_ARN)
