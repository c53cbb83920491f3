"""The policy for operators allows what the commands call, and nothing that they do not."""

from __future__ import annotations

import json
from unittest.mock import sentinel

import pytest
from botocore import xform_name

from docs.generate import ROOT
from embedded_aws.gateway.call import Call
from embedded_aws.gateway.protocol import service_model
from embedded_aws.iam.actions import actions_of
from ops import clients

POLICY = json.loads((ROOT / "docs" / "operator-policy.json").read_text())
SERVICES = {
    "stepfunctions": clients.StepFunctions,
    "sagemaker": clients.SageMaker,
    "s3": clients.S3,
    "cloudformation": clients.CloudFormation,
    "lambda": clients.Lambda,
}


def operations(service: str) -> set[str]:
    """The operations that the commands call, by AWS's names."""
    names = {xform_name(name): name for name in service_model(service).operation_names}
    return {names[method] for method in SERVICES[service].__annotations__}


def allowed() -> set[str]:
    actions = [each["Action"] for each in POLICY["Statement"]]
    return {name for each in actions for name in ([each] if isinstance(each, str) else each)}


def test_it_allows_every_call_of_the_commands_and_no_other() -> None:
    needed = {
        action
        for service in SERVICES
        for operation in operations(service)
        for action in actions_of(Call(sentinel.context, service, operation, {}))
    }
    assert allowed() == needed


@pytest.mark.parametrize("statement", POLICY["Statement"], ids=lambda each: each["Sid"])
def test_every_statement_is_bound_to_the_stacks_resources(statement: dict[str, object]) -> None:
    resources = statement["Resource"]
    for each in [resources] if isinstance(resources, str) else list(resources):  # type: ignore[call-overload]
        assert any(word in each for word in ("STACK", "BUCKET", "GROUP")), each
