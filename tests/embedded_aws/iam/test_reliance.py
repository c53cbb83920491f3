from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.iam import policies
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.evaluation import Ask, Policies, PolicyType, decide
from embedded_aws.iam.policies import Policy
from embedded_aws.iam.reliance import relies_on
from embedded_aws.instance import Instance
from tests.embedded_aws.iam.statements import allow

Make = Callable[..., Any]
ROLE = "arn:aws:iam::123456789012:role/jobs"
SESSION = Caller(
    Kind.ROLE_SESSION, "123456789012", "arn:aws:sts::123456789012:assumed-role/jobs/night", ROLE
)


class NoKeys:
    def values(self, key: str) -> None:
        del key


def policy(name: str, *statements: Mapping[str, Any]) -> Policy:
    return policies.read(name, json.dumps({"Version": "2012-10-17", "Statement": statements}))


def relied_on(having_a_say: Policies) -> bool:
    ask = Ask(SESSION, "s3:GetObject", "arn:aws:s3:::lake/a", NoKeys())
    return relies_on(ask, having_a_say, decide(ask, having_a_say))


READ = policy("read", allow("s3:GetObject", Sid="Read"))
LIST = policy("list", allow("s3:ListBucket", Sid="Read"))
SHARED = policy("bucket", allow("s3:GetObject", Principal={"AWS": ROLE}))


def test_a_call_that_one_statement_allows_relies_on_it() -> None:
    assert relied_on(Policies(identity=(READ, LIST)))


def test_a_statement_of_the_same_name_in_another_policy_is_another() -> None:
    twice = policy("again", allow("s3:*", Sid="Read"))
    assert not relied_on(Policies(identity=(READ, twice)))


def test_a_call_that_the_resource_allows_too_relies_on_neither() -> None:
    assert not relied_on(Policies(identity=(READ,), resource=(SHARED,)))


def test_a_role_that_nobody_else_may_take_relies_on_its_trust_policy() -> None:
    trusted = Policies(
        resource=(SHARED,), resource_type=PolicyType.TRUST, needs_resource=True, identity=(LIST,)
    )
    assert relied_on(trusted)


def test_what_is_denied_relies_on_nothing() -> None:
    assert not relied_on(Policies(identity=(LIST,)))


def test_the_control_plane_tells_what_all_calls_came_to(
    aws: Instance, role: Make, session: Make, signed: Make
) -> None:
    arn = role(allow("sqs:ListQueues", Sid="Look"))
    sqs = signed("sqs", session(arn))
    for _ in range(2):
        sqs.list_queues()
    with pytest.raises(ClientError):
        sqs.create_queue(QueueName="mine")
    with urllib.request.urlopen(f"{aws.url}/_embedded/calls/uses") as answer:  # noqa: S310  # loopback
        uses = [use for use in json.load(answer)["uses"] if use["principal"] == arn]
    told = {(it["action"], it["decision"], it["statement"], it["is_sole"]) for it in uses}
    assert len(uses) == len(told)
    assert told == {
        ("sqs:ListQueues", "allowed", "Look", True),
        ("sqs:CreateQueue", "denied", None, False),
    }
