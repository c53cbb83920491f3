"""The documented policy of a customer's key lets in who must come, and nobody for another stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from docs.generate import ROOT
from embedded_aws.iam import callers
from embedded_aws.iam.evaluation import Ask, Policies, decide
from embedded_aws.iam.policies import read

ACCOUNT, KEY = "123456789012", "arn:aws:kms:us-east-1:123456789012:key/1"
GROUP, SOURCE = "kms:EncryptionContext:aws:logs:arn", "aws:SourceAccount"
GROUPS = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"


@dataclass(frozen=True)
class Keys:
    """Condition keys as they are given."""

    given: Mapping[str, str]

    def values(self, key: str) -> Sequence[str] | None:
        return (self.given[key],) if key in self.given else None


def lets(principal: str, action: str, **given: str) -> bool:
    """Whether the policy lets a service use the key for a stack of the name nightly."""
    policy = (ROOT / "docs" / "key-policy.json").read_text()
    for word, value in (("ACCOUNT", ACCOUNT), ("REGION", "us-east-1"), ("STACK", "nightly")):
        policy = policy.replace(word, value)
    ask = Ask(callers.service(principal, ACCOUNT, None), f"kms:{action}", KEY, Keys(given))
    having_a_say = Policies(resource=(read("key", policy),), needs_resource=True)
    return decide(ask, having_a_say).is_allowed


@pytest.mark.parametrize(
    "group",
    [
        "nightly-PrepareNightLogs-AbC123",
        "/aws/vendedlogs/states/nightly-retrain",
        "/aws/sagemaker/Endpoints/nightly-candidate",
    ],
)
def test_the_logs_of_the_stack_are_encrypted(group: str) -> None:
    service = "logs.us-east-1.amazonaws.com"
    assert lets(service, "GenerateDataKey", **{GROUP: GROUPS + group})
    assert lets(service, "Decrypt", **{GROUP: GROUPS + group})


@pytest.mark.parametrize("group", ["other-PrepareNightLogs-AbC123", "/aws/lambda/other"])
def test_the_logs_of_others_are_not(group: str) -> None:
    service = "logs.us-east-1.amazonaws.com"
    assert not lets(service, "GenerateDataKey", **{GROUP: GROUPS + group})
    assert not lets(service, "GenerateDataKey")


@pytest.mark.parametrize("service", ["cloudwatch.amazonaws.com", "events.amazonaws.com"])
def test_alarms_and_rules_come_for_this_account_only(service: str) -> None:
    assert lets(service, "GenerateDataKey", **{SOURCE: ACCOUNT})
    assert lets(service, "Decrypt", **{SOURCE: ACCOUNT})
    assert not lets(service, "GenerateDataKey", **{SOURCE: "999999999999"})
    assert not lets(service, "CreateGrant", **{SOURCE: ACCOUNT})


def test_no_other_service_comes_in_its_own_name() -> None:
    assert not lets("sagemaker.amazonaws.com", "GenerateDataKey", **{SOURCE: ACCOUNT})
