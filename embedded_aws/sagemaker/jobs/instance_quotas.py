"""How many instances of a type an account's jobs may use at the same time."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.gateway.service import ServiceError


def quota_name(instance_type: str, kind: str) -> str:
    """The name that Service Quotas has for it: ``ml.m5.xlarge for training job usage``."""
    return f"{instance_type} for {kind.lower()} job usage"


def check_quota(quotas: Mapping[str, int], name: str, in_use: int, wanted: int) -> None:
    """Let a job be created that stays within its quota, or has none.

    Raises:
        ServiceError: ``ResourceLimitExceeded``, in the words that public issues quote.
    """
    quota = quotas.get(name)
    if quota is not None and in_use + wanted > quota:
        message = (
            f"The account-level service limit '{name}' is {quota} Instances, with current "
            f"utilization of {in_use} Instances and a request delta of {wanted} Instances. "
            "Please use AWS Service Quotas to request an increase for this quota. If AWS Service "
            "Quotas is not available, contact AWS support to request an increase for this quota."
        )
        raise ServiceError("ResourceLimitExceeded", message)
