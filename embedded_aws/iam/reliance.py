"""Whether a call relies on one statement: the same call, decided without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from embedded_aws.iam.condition_keys import UnevaluatedKey
from embedded_aws.iam.evaluation import Ask, Decision, Policies, decide
from embedded_aws.iam.policies import Policy


def relies_on(ask: Ask, policies: Policies, decision: Decision) -> bool:
    """Tell whether an allowed call would be refused without the statement that decided.

    Not told of a call for which the others ask what cannot be evaluated here.
    """
    if not decision.is_allowed or decision.statement is None:
        return False
    rest = replace(
        policies,
        identity=_without(policies.identity, decision),
        resource=_without(policies.resource, decision),
    )
    try:
        return not decide(ask, rest).is_allowed
    except UnevaluatedKey:
        return False


def _without(policies: Iterable[Policy], decision: Decision) -> tuple[Policy, ...]:
    return tuple(
        _rest(policy, decision.statement) if policy.name == decision.policy else policy
        for policy in policies
    )


def _rest(policy: Policy, statement: str | None) -> Policy:
    return replace(policy, statements=tuple(it for it in policy.statements if it.name != statement))
