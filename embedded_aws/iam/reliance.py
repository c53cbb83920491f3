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
        identity=_without(policies.identity, decision.policy, decision.statement),
        resource=_without(policies.resource, decision.policy, decision.statement),
    )
    try:
        return not decide(ask, rest).is_allowed
    except UnevaluatedKey:
        return False


def _without(policies: Iterable[Policy], name: str | None, statement: str) -> tuple[Policy, ...]:
    return tuple(it.without(statement) if it.name == name else it for it in policies)
