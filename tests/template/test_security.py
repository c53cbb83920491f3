"""What the template does for security, whichever parameters are set."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from docs.generate import ROOT
from embedded_aws.iam.patterns import fits_any_case, fits_resource
from tests.template.checks import policies
from tests.template.project import SECURED, project

ROLES = project().of_type("AWS::IAM::Role")
PARAMETERS: Mapping[str, Any] = project().template["Parameters"]
ABSENT = {"Ref": "AWS::NoValue"}
ENCRYPTED = {
    "ReadEncryptedPolicy": {"s3:GetObject"},
    "WriteEncryptedPolicy": {"s3:PutObject"},
    "SendEncryptedPolicy": {"sqs:SendMessage"},
    "NotifyEncryptedPolicy": {"sns:Publish"},
}
"""Which of the customer's key's policies goes with which permission."""


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_the_boundary_if_there_is_one(role: str) -> None:
    given = ["HasPermissionsBoundary", {"Ref": "PermissionsBoundaryArn"}, ABSENT]
    assert ROLES[role]["PermissionsBoundary"] == {"Fn::If": given}


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def granted(role: str) -> Iterator[str]:
    """The actions that a role is granted, by its own policies and by those that it shares."""
    owned = [it["PolicyDocument"] for it in ROLES[role].get("Policies", ())]
    shared = project().of_type("AWS::IAM::ManagedPolicy")
    names = [it["Ref"] for it in ROLES[role].get("ManagedPolicyArns", ()) if "Ref" in it]
    for document in (*owned, *(shared[name]["PolicyDocument"] for name in names)):
        for statement in document["Statement"]:
            yield from listed(statement["Action"])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_use_the_key_for_what_it_does_and_for_nothing_else(role: str) -> None:
    attached = ROLES[role].get("ManagedPolicyArns", ())
    with_key = {
        it["Fn::If"][1]["Ref"] for it in attached if it.get("Fn::If", [""])[0] == "HasKmsKey"
    }
    actions = set(granted(role))
    needed = {policy for policy, any_of in ENCRYPTED.items() if actions & any_of}
    assert with_key - {"EncryptVolumesPolicy"} == needed


def test_only_whoever_makes_volumes_may_let_sagemaker_encrypt_them() -> None:
    granted_to = {role for role in ROLES if "EncryptVolumesPolicy" in str(ROLES[role])}
    assert granted_to == {"JobRole", "RolloutStateMachineRole"}


@pytest.mark.parametrize("policy", [*ENCRYPTED, "EncryptVolumesPolicy"])
def test_the_key_is_used_by_way_of_one_service_only(policy: str) -> None:
    shared = project().of_type("AWS::IAM::ManagedPolicy")[policy]
    (statement,) = shared["PolicyDocument"]["Statement"]
    assert statement["Resource"] == {"Ref": "KmsKeyArn"}
    assert set(statement["Condition"]["StringEquals"]) == {"kms:ViaService"}


def test_nobody_but_the_operators_role_is_let_ask_about_lineage() -> None:
    """The stack's other functions are invoked by machines, rules and schedules, this by none."""
    asked = project().resolved({"Fn::GetAtt": ["QueryLineageFunction", "Arn"]})
    lets = [
        where
        for where, statement in policies.statements(project())
        if any(fits_any_case(it, "lambda:InvokeFunction") for it in listed(statement["Action"]))
        and any(fits_resource(it, asked) for it in listed(statement["Resource"]))
    ]
    assert lets == ["AskLineagePolicy/AskAboutLineage"]
    permissions = [
        it["Properties"]["FunctionName"]
        for it in project().transformed["Resources"].values()
        if it["Type"] == "AWS::Lambda::Permission"
    ]
    assert permissions
    assert "QueryLineageFunction" not in str(permissions)


@pytest.mark.parametrize("name", SECURED)
def test_an_example_is_accepted_and_so_is_nothing_at_all(name: str) -> None:
    pattern = re.compile(PARAMETERS[name]["AllowedPattern"])
    assert pattern.fullmatch(SECURED[name])
    assert pattern.fullmatch(PARAMETERS[name]["Default"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KmsKeyArn", "alias/fraud"),
        ("KmsKeyArn", "arn:aws:kms:us-east-1:123456789012:alias/fraud"),
        ("SubnetIds", "subnet-0a1b2c3d, subnet-4e5f6a7b"),
        ("SubnetIds", "vpc-0a1b2c3d"),
        ("SecurityGroupIds", "default"),
        ("PermissionsBoundaryArn", "boundary"),
        ("OperatorRoleName", "arn:aws:iam::123456789012:role/operator"),
        ("JobLogRetentionDays", "31"),
    ],
)
def test_what_would_fail_later_is_refused_at_once(name: str, value: str) -> None:
    assert not re.fullmatch(PARAMETERS[name]["AllowedPattern"], value)


def test_every_parameter_of_security_is_told_of_on_its_page() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    assert [name for name in (*SECURED, "NetworkIsolation") if f"| `{name}` |" not in page] == []
