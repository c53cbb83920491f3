"""The rules that Step Functions makes in EventBridge for machines that run jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

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
    for name in rules(client) & {TRAINING, PROCESSING}:
        client("events").delete_rule(Name=name)
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


@pytest.mark.parametrize("lacking", ["DescribeRule", "PutRule", "PutTargets"])
def test_a_role_that_lacks_one_of_three_permissions_is_refused(
    machines: Any, jsonata: Any, client: Callable[[str], Any], lacking: str
) -> None:
    """Message as people report it who met it on AWS."""
    assert machines
    iam, name = client("iam"), f"lacks-{lacking}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust()))
    rule = f"arn:aws:events:*:*:rule/{TRAINING}"
    statements = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": f"events:{lacking}", "Resource": rule},
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
    role_arn = f"arn:aws:iam::123456789012:role/{name}"
    request = {"name": name, "roleArn": role_arn}
    create = client("stepfunctions").create_state_machine
    with pytest.raises(ClientError) as refused:
        create(**request, definition=json.dumps(jsonata({"T": job("Training")})))
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"] == f"'{role_arn}' is not authorized to create managed-rule."
    create(**request, definition=json.dumps(jsonata({"T": job("Processing")})))


def trust() -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "states.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
