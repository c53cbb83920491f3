"""Refuses request parameters that the embedded AWS would not honour."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from embedded_aws.gateway.service import Parameters, ServiceError


def refuse_unsupported(request: Parameters, supported: AbstractSet[str]) -> None:
    """Pass a request that sets supported parameters only; empty ones say nothing.

    Raises:
        ServiceError: ``ValidationError``, naming the others.
    """
    refused = sorted(name for name in request.keys() - supported if request[name])
    if refused:
        message = f"the embedded AWS does not support the parameters {refused}"
        raise ServiceError("ValidationError", message)
