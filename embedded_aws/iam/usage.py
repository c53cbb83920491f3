"""Which of a role's granted actions were used: what was not needs a reason, or to go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from embedded_aws.iam import policies, reference
from embedded_aws.iam.call_log import CallRecord
from embedded_aws.iam.patterns import fits_any_case
from embedded_aws.iam.policies import Policy


@dataclass(frozen=True)
class Grant:
    """One action that one statement of a principal's policies allows.

    Attributes:
        principal: The ARN of the role.
        policy: The inline policy's name behind the role's ARN, or the managed policy's ARN.
        statement: Its Sid, or its index within the policy.
        action: As written in the policy, wildcards included.
    """

    principal: str
    policy: str
    statement: str
    action: str

    def covers(self, action: str) -> bool:
        """Tell whether an action is what this grants."""
        return fits_any_case(self.action, action)


def grants(iam: Any, role_name: str) -> tuple[Grant, ...]:  # noqa: ANN401  # boto3 client
    """Every grant of a role's inline and attached policies."""
    arn = iam.get_role(RoleName=role_name)["Role"]["Arn"]
    return tuple(
        Grant(arn, policy.name, statement.name, action)
        for policy in _policies(iam, role_name, arn)
        for statement in policy.statements
        if statement.is_allow and not statement.actions.is_negated
        for action in statement.actions.patterns
    )


def unused(granted: Iterable[Grant], calls: Iterable[CallRecord]) -> tuple[Grant, ...]:
    """The grants by which nothing was allowed, in a log of calls.

    A statement that allows an action twice over (another one was found first) counts as used
    only if it decided.
    """
    used = {
        (record.principal, judged.policy, judged.statement, judged.action)
        for record in calls
        for judged in record.judgements
        if judged.decision == "allowed"
    }
    return tuple(grant for grant in granted if not any(_is_of(grant, *use) for use in used))


def unknown(granted: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants of actions that AWS does not have: misspelt ones."""
    return tuple(grant for grant in granted if not any(map(grant.covers, _candidates(grant))))


def _is_of(
    grant: Grant, principal: str, policy: str | None, statement: str | None, action: str
) -> bool:
    own = (grant.principal, grant.policy, grant.statement)
    return own == (principal, policy, statement) and grant.covers(action)


def _candidates(grant: Grant) -> tuple[str, ...]:
    prefix = grant.action.partition(":")[0]
    return reference.actions(prefix) if grant.action != "*" else ("*",)


def _policies(iam: Any, role_name: str, role_arn: str) -> Iterator[Policy]:  # noqa: ANN401  # boto3 client
    for name in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
        inline = iam.get_role_policy(RoleName=role_name, PolicyName=name)["PolicyDocument"]
        yield policies.of_document(f"{role_arn}/{name}", inline)
    for attached in iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        yield policies.of_document(arn, document["Document"])
