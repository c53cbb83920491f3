"""What a policy must say and must not say, by where it is put (IAM JSON policy elements)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from embedded_aws.iam.policies import MalformedPolicy, Policy, Statement

_BUCKETS = "arn:aws:s3:::"


@dataclass(frozen=True)
class PolicyKind:
    """One kind of policies.

    Attributes:
        has_principal: Every statement names whom it is about, or none does.
        has_resource: Every statement names what it is about, or none does.
        action_prefix: What every action begins with, unless it is ``*``.
        takes_any_action: Whether ``*`` and NotAction are taken.
    """

    has_principal: bool
    has_resource: bool
    action_prefix: str = ""
    takes_any_action: bool = True


IDENTITY = PolicyKind(has_principal=False, has_resource=True)
SESSION = IDENTITY
RESOURCE = PolicyKind(has_principal=True, has_resource=True)
BUCKET = PolicyKind(has_principal=True, has_resource=True, action_prefix="s3:")
# ECR user guide, "Private repository policy examples": the repository is the resource.
REPOSITORY = PolicyKind(has_principal=True, has_resource=False)
TRUST = PolicyKind(
    has_principal=True, has_resource=False, action_prefix="sts:", takes_any_action=False
)


def check(policy: Policy, kind: PolicyKind, is_principal: Callable[[str], bool]) -> None:
    """Hold a policy against its kind.

    Args:
        policy: What is put.
        kind: Where it is put.
        is_principal: Whether there is a principal that goes by an ARN or an account id.

    Raises:
        MalformedPolicy: AWS would not keep it.
    """
    if not policy.statements:
        raise MalformedPolicy("the policy has no statement")
    for statement in policy.statements:
        _check_element("Principal", kind.has_principal, statement.principals)
        _check_element("Resource", kind.has_resource, statement.resources)
        _check_actions(statement, kind)
        for name in _accounts_principals(statement):
            if not is_principal(name):
                raise MalformedPolicy(f'Invalid principal in policy: "AWS":"{name}"')


def check_bucket(policy: Policy, bucket: str) -> None:
    """See that a bucket policy is about its own bucket and nothing else.

    Raises:
        MalformedPolicy: it names another bucket's resources, or all there are.
    """
    for statement in policy.statements:
        for pattern in statement.resources.patterns if statement.resources else ():
            named = pattern.removeprefix(_BUCKETS).partition("/")[0].removesuffix("*")
            if named != bucket or not pattern.startswith(_BUCKETS):
                raise MalformedPolicy(f"Policy has invalid resource: {pattern}")


def _check_element(name: str, is_required: bool, element: object) -> None:  # noqa: FBT001  # of two tables
    if is_required and element is None:
        raise MalformedPolicy(f"Missing required field {name}")
    if not is_required and element is not None:
        raise MalformedPolicy(f"Has prohibited field {name}")


def _check_actions(statement: Statement, kind: PolicyKind) -> None:
    if statement.actions.is_negated and not kind.takes_any_action:
        raise MalformedPolicy("Has prohibited field NotAction")
    for action in statement.actions.patterns:
        is_any = action == "*" and kind.takes_any_action
        if not (is_any or action.lower().startswith(kind.action_prefix)):
            raise MalformedPolicy(f"Policy has invalid action: {action}")


def _accounts_principals(statement: Statement) -> Iterator[str]:
    for kind, names in statement.principals.by_type if statement.principals else ():
        yield from names if kind == "AWS" else ()
