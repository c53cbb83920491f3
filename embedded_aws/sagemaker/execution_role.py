"""SageMaker's check of the role that a job or a model is to run under."""

from __future__ import annotations

from typing import Any

from embedded_aws import service_roles
from embedded_aws.gateway.service import ServiceError
from embedded_aws.service_principals import ServicePrincipal

_SERVICE_PRINCIPAL = "sagemaker.amazonaws.com"


def assumer(resource_arn: str | None = None) -> ServicePrincipal:
    """SageMaker, on behalf of a job, a model or an endpoint."""
    return ServicePrincipal(_SERVICE_PRINCIPAL, resource_arn)


def check_role(iam: Any, role_arn: str, resource_arn: str) -> None:  # noqa: ANN401  # boto3 client
    """Look at the role as it is now: a session from before its deletion would still work.

    Raises:
        ServiceError: ``ValidationException`` when SageMaker cannot assume the role.
    """
    if not service_roles.trusts(iam, role_arn, assumer(resource_arn)):
        message = (
            f"Could not assume role {role_arn}. Please ensure that the role exists and allows "
            f"principal '{_SERVICE_PRINCIPAL}' to assume the role."
        )
        raise ServiceError("ValidationException", message)
