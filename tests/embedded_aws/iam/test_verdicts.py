"""A decision is kept for as long as nothing that it looked at is another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest

from embedded_aws.iam import policies
from embedded_aws.iam.callers import Caller, Kind
from embedded_aws.iam.condition_keys import UnevaluatedKey
from embedded_aws.iam.evaluation import Ask, Policies
from embedded_aws.iam.policies import Policy
from embedded_aws.iam.verdicts import Verdicts
from tests.embedded_aws.iam.statements import Statement, allow, document

ROLE = "arn:aws:iam::123456789012:role/jobs"
SESSION = Caller(
    Kind.ROLE_SESSION, "123456789012", "arn:aws:sts::123456789012:assumed-role/jobs/night", ROLE
)
PREFIX = "s3:prefix"
BELOW_LAKE = allow("s3:*", Sid="Lake", Condition={"StringLike": {PREFIX: "lake/*"}})


class Keys:
    """Condition keys of a request; what was asked for is noted."""

    def __init__(self, given: Mapping[str, str | None]) -> None:
        self.given, self.asked = given, list[str]()

    def values(self, key: str) -> Sequence[str] | None:
        self.asked.append(key)
        if key not in self.given:
            raise UnevaluatedKey(key)
        value = self.given[key]
        return None if value is None else [value]


def policy(name: str, *statements: Statement) -> Policy:
    return policies.read(name, document(*statements))


def is_allowed(verdicts: Verdicts, keys: Keys, *statements: Statement) -> bool:
    having_a_say = Policies(identity=(policy(json.dumps(statements), *statements),))
    return verdicts.of(
        Ask(SESSION, "s3:ListBucket", "lake", keys), having_a_say
    ).decision.is_allowed


def test_the_same_is_decided_once() -> None:
    verdicts, having_a_say = Verdicts(), Policies(identity=(policy("all", allow("s3:*")),))
    ask = Ask(SESSION, "s3:ListBucket", "lake", Keys({}))
    assert verdicts.of(ask, having_a_say) is verdicts.of(ask, having_a_say)


@pytest.mark.parametrize("later", ["other/", None], ids=["another", "none"])
def test_another_value_of_a_key_decides_anew(later: str | None) -> None:
    verdicts = Verdicts()
    assert is_allowed(verdicts, Keys({PREFIX: "lake/a"}), BELOW_LAKE)
    assert not is_allowed(verdicts, Keys({PREFIX: later}), BELOW_LAKE)
    assert is_allowed(verdicts, Keys({PREFIX: "lake/b"}), BELOW_LAKE)


def test_another_policy_decides_anew() -> None:
    verdicts = Verdicts()
    assert is_allowed(verdicts, Keys({}), allow("s3:*"))
    assert not is_allowed(verdicts, Keys({}), allow("sqs:*"))


def test_a_key_that_cannot_be_known_is_told_though_it_was_known_before() -> None:
    verdicts = Verdicts()
    assert is_allowed(verdicts, Keys({PREFIX: "lake/a"}), BELOW_LAKE)
    with pytest.raises(UnevaluatedKey):
        is_allowed(verdicts, Keys({}), BELOW_LAKE)


def test_what_hung_on_a_key_that_could_not_be_known_is_looked_at_again() -> None:
    """The first statement decides; whether another would have done so too hangs on the key."""
    verdicts, having_a_say = (
        Verdicts(),
        Policies(identity=(policy("sure", allow("s3:*")), policy("lake", BELOW_LAKE))),
    )

    def is_sole(keys: Keys) -> bool:
        return verdicts.of(Ask(SESSION, "s3:ListBucket", "lake", keys), having_a_say).is_sole

    assert not is_sole(Keys({}))
    assert is_sole(Keys({PREFIX: "other/"}))
    assert not is_sole(Keys({PREFIX: "lake/a"}))
    assert not is_sole(Keys({}))
