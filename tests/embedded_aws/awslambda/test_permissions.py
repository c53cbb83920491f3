from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., Any]
INVOKE = {"Action": "lambda:InvokeFunction"}


def test_a_statement_is_kept_with_its_conditions(function: Make, client: Make) -> None:
    name = function()
    added = client("lambda").add_permission(
        FunctionName=name,
        StatementId="events",
        Principal="events.amazonaws.com",
        SourceArn="arn:aws:events:us-east-1:123456789012:rule/r",
        SourceAccount="123456789012",
        **INVOKE,
    )
    expected = {
        "Sid": "events",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/r"},
        },
    }
    assert json.loads(added["Statement"]) == expected
    policy = json.loads(client("lambda").get_policy(FunctionName=name)["Policy"])
    assert policy["Statement"] == [expected]


@pytest.mark.parametrize(
    ("principal", "shown"),
    [
        ("*", "*"),
        ("210987654321", {"AWS": "arn:aws:iam::210987654321:root"}),
        ("arn:aws:iam::210987654321:role/r", {"AWS": "arn:aws:iam::210987654321:role/r"}),
    ],
)
def test_accounts_roles_and_everyone_are_principals(
    principal: str, shown: object, function: Make, client: Make
) -> None:
    added = client("lambda").add_permission(
        FunctionName=function(), StatementId="s", Principal=principal, **INVOKE
    )
    assert json.loads(added["Statement"])["Principal"] == shown


def test_a_qualifier_has_a_policy_of_its_own(function: Make, client: Make) -> None:
    name = function(Publish=True)
    client("lambda").add_permission(
        FunctionName=name, Qualifier="1", StatementId="s", Principal="*", **INVOKE
    )
    policy = json.loads(client("lambda").get_policy(FunctionName=name, Qualifier="1")["Policy"])
    assert policy["Statement"][0]["Resource"].endswith(f":{name}:1")
    with pytest.raises(ClientError, match="does not exist"):
        client("lambda").get_policy(FunctionName=name)


def test_a_taken_statement_id_is_a_conflict(function: Make, client: Make) -> None:
    name = function()
    statement = {"FunctionName": name, "StatementId": "s", "Principal": "*", **INVOKE}
    client("lambda").add_permission(**statement)
    with pytest.raises(ClientError, match=r"statement id \(s\) provided already exists"):
        client("lambda").add_permission(**statement)


def test_a_statement_can_be_taken_away_once(function: Make, client: Make) -> None:
    name = function()
    client("lambda").add_permission(FunctionName=name, StatementId="s", Principal="*", **INVOKE)
    client("lambda").remove_permission(FunctionName=name, StatementId="s")
    with pytest.raises(ClientError, match="Statement s is not found in resource policy"):
        client("lambda").remove_permission(FunctionName=name, StatementId="s")
