"""Whether a service may assume a role, which AWS checks when a resource that names it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def trusts(iam: Any, role_arn: str, service_principal: str) -> bool:  # noqa: ANN401  # boto3 client
    """Tell whether a role exists and its trust policy lets ``service_principal`` assume it.

    Conditions of the trust policy are not evaluated here: they are about the later call.
    """
    try:
        role = iam.get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
    except iam.exceptions.NoSuchEntityException:
        return False
    statements = _listed(role["AssumeRolePolicyDocument"]["Statement"])
    return role["Arn"] == role_arn and any(
        _allows(statement, service_principal) for statement in statements
    )


def _allows(statement: Mapping[str, Any], service_principal: str) -> bool:
    principal = statement.get("Principal", {})
    services = principal.get("Service", []) if isinstance(principal, Mapping) else principal
    return (
        statement["Effect"] == "Allow"
        and "sts:AssumeRole" in _listed(statement.get("Action", []))
        and bool({service_principal, "*"} & set(_listed(services)))
    )


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  # a policy document's one or many
    return value if isinstance(value, list) else [value]
