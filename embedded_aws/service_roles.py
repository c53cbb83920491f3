"""Whether a service may assume a role, which AWS checks when a resource that names it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedded_aws.iam import callers, policies
from embedded_aws.iam.evaluation import Ask, Policies, PolicyType, decide
from embedded_aws.service_principals import ServicePrincipal

_ACCOUNT = 4


@dataclass(frozen=True)
class _SourceKeys:
    """What is known of the assumption to come; ``sts:ExternalId`` and the like never are."""

    known: Mapping[str, str | None]

    def values(self, key: str) -> Sequence[str] | None:
        value = self.known.get(key.lower())
        return None if value is None else (value,)


def trusts(iam: Any, role_arn: str, assumer: ServicePrincipal) -> bool:  # noqa: ANN401  # boto3 client
    """Tell whether a role exists and its trust policy lets the service assume it.

    Conditions count: the service states the resource that is being made, and its account.
    """
    try:
        role = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
    except iam.exceptions.NoSuchEntityException:
        return False
    account_id = role_arn.split(":")[_ACCOUNT]
    caller = callers.service(assumer.name, account_id, assumer.source_arn)
    keys = _SourceKeys({"aws:sourcearn": assumer.source_arn, "aws:sourceaccount": account_id})
    trust = policies.of_document(role_arn, role["AssumeRolePolicyDocument"])
    asked = Policies(resource=(trust,), resource_type=PolicyType.TRUST, needs_resource=True)
    ask = Ask(caller, "sts:AssumeRole", role_arn, keys)
    return bool(role["Arn"] == role_arn) and decide(ask, asked).is_allowed
