"""The policy for whoever tears a stack down allows what the command calls, and nothing else."""

from __future__ import annotations

import json
from unittest.mock import sentinel

from botocore import xform_name

from docs.generate import ROOT
from embedded_aws.gateway.call import Call
from embedded_aws.gateway.protocol import service_model
from embedded_aws.iam.actions import actions_of
from ops.teardown import clients

POLICY = json.loads((ROOT / "docs" / "teardown-policy.json").read_text())
SERVICES = {
    "stepfunctions": clients.StepFunctions,
    "sagemaker": clients.SageMaker,
    "scheduler": clients.Scheduler,
    "s3": clients.S3,
    "cloudformation": clients.CloudFormation,
}
PASSES_WITH_UPDATE_SCHEDULE = {"iam:PassRole"}


def actions(statement: dict[str, str | list[str]]) -> set[str]:
    """What a statement allows."""
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def needed() -> set[str]:
    """The actions of all calls that the teardown makes."""
    return {
        action
        for service, protocol in SERVICES.items()
        for name in service_model(service).operation_names
        if xform_name(name) in protocol.__annotations__
        for action in actions_of(Call(sentinel.context, service, name, {}))
    }


def test_it_allows_every_call_of_the_teardown_and_no_other() -> None:
    allowed = set().union(*map(actions, POLICY["Statement"]))
    assert allowed == needed() | PASSES_WITH_UPDATE_SCHEDULE


def test_only_lists_are_not_bound_to_the_stack() -> None:
    for statement in POLICY["Statement"]:
        resources = statement["Resource"]
        for each in [resources] if isinstance(resources, str) else resources:
            is_bound = "STACK" in each or "BUCKET" in each
            assert is_bound or all(":List" in action for action in actions(statement)), each
