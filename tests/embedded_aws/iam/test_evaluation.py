from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from embedded_aws.iam import callers, policies
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.evaluation import Ask, Decision, Policies, PolicyType, decide
from embedded_aws.iam.policies import MalformedPolicy, Policy

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/jobs"
SESSION = Caller(
    Kind.ROLE_SESSION, ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/jobs/night", ROLE
)
USER = Caller(
    Kind.USER, ACCOUNT, f"arn:aws:iam::{ACCOUNT}:user/ann", f"arn:aws:iam::{ACCOUNT}:user/ann"
)
OBJECT = "arn:aws:s3:::lake/runs/a"


@dataclass(frozen=True)
class Given:
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def values(self, key: str) -> tuple[str, ...] | None:
        return self.known.get(key)


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "s3:GetObject", **elements}


def policy(*statements: Mapping[str, Any]) -> Policy:
    return policies.read("p", json.dumps({"Version": "2012-10-17", "Statement": statements}))


def verdict(caller: Caller = SESSION, *, keys: Any = None, **by_type: Any) -> Decision:
    return decide(Ask(caller, "s3:GetObject", OBJECT, Given(keys or {})), Policies(**by_type))


READ = policy(statement(Resource="*", Sid="Read"))
DENY = policy(statement("Deny", Resource="arn:aws:s3:::lake/runs/*", Sid="No"))
READ_OTHERS = policy(statement(Resource="arn:aws:s3:::other/*"))


def granting(principal: Any) -> Policy:
    return policy(statement(Resource="*", Principal=principal))


def test_nothing_is_allowed_that_no_policy_allows() -> None:
    assert verdict() == Decision(is_allowed=False, policy_type=PolicyType.IDENTITY)


def test_an_allow_is_told_with_its_policy_and_statement() -> None:
    expected = Decision(
        is_allowed=True,
        is_explicit=True,
        policy_type=PolicyType.IDENTITY,
        policy="p",
        statement="Read",
    )
    assert verdict(identity=(READ,)) == expected


@pytest.mark.parametrize("kind", ["identity", "session", "resource"])
def test_a_deny_in_any_policy_wins(kind: str) -> None:
    everyone = granting("*")
    denied = (
        policy({**statement("Deny", Resource="*"), "Principal": "*"})
        if kind == "resource"
        else DENY
    )
    allowed: dict[str, Any] = {"identity": (READ,), "session": (READ,), "resource": (everyone,)}
    assert verdict(**allowed).is_allowed
    decision = verdict(**{**allowed, kind: (*allowed[kind], denied)})
    assert (decision.is_allowed, decision.is_explicit) == (False, True)


def test_a_boundary_limits_what_identity_policies_allow() -> None:
    assert verdict(identity=(READ,), boundary=READ).is_allowed
    refused = verdict(identity=(READ,), boundary=READ_OTHERS)
    assert refused == Decision(is_allowed=False, policy_type=PolicyType.BOUNDARY)
    assert not verdict(identity=(), boundary=READ).is_allowed


def test_session_policies_limit_the_role() -> None:
    assert verdict(identity=(READ,), session=(READ_OTHERS, READ)).is_allowed
    assert not verdict(identity=(READ,), session=(READ_OTHERS,)).is_allowed


@pytest.mark.parametrize(
    ("principal", "limited"),
    [
        ({"AWS": SESSION.arn}, False),
        ({"AWS": ROLE}, True),
        ("*", True),
        ({"AWS": "*"}, True),
    ],
)
def test_a_resource_policy_alone_lets_in_whom_it_names(principal: Any, *, limited: bool) -> None:
    """A grant to the session itself is not limited by boundary and session policies."""
    assert verdict(resource=(granting(principal),)).is_allowed
    bounded = verdict(resource=(granting(principal),), boundary=READ_OTHERS)
    assert bounded.is_allowed == (not limited)


@pytest.mark.parametrize("principal", [{"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}])
def test_naming_the_account_leaves_the_decision_to_identity_policies(principal: Any) -> None:
    resource = (granting(principal),)
    assert not verdict(resource=resource).is_allowed
    assert verdict(resource=resource, identity=(READ,), needs_resource=True).is_allowed
    assert not verdict(identity=(READ,), needs_resource=True).is_allowed


def test_services_and_strangers_need_the_resource_to_name_them() -> None:
    events = callers.service("events.amazonaws.com", ACCOUNT, None)
    assert not verdict(events).is_allowed
    assert verdict(events, resource=(granting({"Service": "events.amazonaws.com"}),)).is_allowed
    assert not verdict(events, resource=(granting({"Service": "sns.amazonaws.com"}),)).is_allowed
    assert verdict(callers.anonymous(ACCOUNT), resource=(granting("*"),)).is_allowed
    assert not verdict(callers.anonymous(ACCOUNT), resource=(granting({"AWS": ROLE}),)).is_allowed


def test_root_may_do_everything_but_what_a_resource_denies() -> None:
    root = callers.root(ACCOUNT)
    assert verdict(root).is_allowed
    denied = policy({**statement("Deny", Resource="*"), "Principal": "*"})
    assert not verdict(root, resource=(denied,)).is_allowed


def test_not_elements_name_all_others() -> None:
    others = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::other/*"}
    assert verdict(identity=(policy(others),)).is_allowed
    assert not verdict(identity=(policy({**others, "NotAction": "s3:*"}),)).is_allowed
    assert not verdict(identity=(policy({**others, "NotResource": "*"}),)).is_allowed
    spare_ann = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "NotPrincipal": {"AWS": USER.arn},
    }
    resource = (policy(spare_ann),)
    assert verdict(USER, identity=(READ,), resource=resource).is_allowed
    assert not verdict(SESSION, identity=(READ,), resource=resource).is_allowed


def test_all_conditions_must_hold_and_variables_are_filled() -> None:
    conditional = statement(
        Resource="arn:aws:s3:::lake/${aws:PrincipalTag/folder}/*",
        Condition={"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"a": ["x*", "${b}"]}},
    )
    keys = {"aws:PrincipalTag/folder": ("runs",), "aws:SecureTransport": ("true",), "a": ("y",)}
    identity = (policy(conditional),)
    assert not verdict(identity=identity, keys=keys).is_allowed
    assert verdict(identity=identity, keys={**keys, "b": ("y",)}).is_allowed
    assert not verdict(identity=identity, keys={"aws:SecureTransport": ("true",)}).is_allowed


def test_variables_mean_nothing_in_the_old_version() -> None:
    document = json.dumps({"Statement": [statement(Resource="arn:aws:s3:::lake/${a}/a")]})
    assert not verdict(identity=(policies.read("old", document),), keys={"a": ("runs",)}).is_allowed


@pytest.mark.parametrize(
    "document",
    [
        "no json",
        "{}",
        '{"Statement": [{"Effect": "Allow", "Resource": "*"}]}',
        '{"Statement": [{"Effect": "Maybe", "Action": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Resorce": "*"}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"Like": {"a": "b"}}}]}',
        '{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"Role": "a"}}]}',
    ],
)
def test_a_malformed_document_is_refused(document: str) -> None:
    with pytest.raises(MalformedPolicy):
        policies.read("p", document)
