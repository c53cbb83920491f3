"""EventBridge Scheduler's errors."""

from __future__ import annotations

from embedded_aws.gateway.service import ServiceError


def invalid(message: str) -> ServiceError:
    """A value that breaks a rule which the service model does not express."""
    return ServiceError("ValidationException", message)


def not_found(what: str, name: str) -> ServiceError:
    """A schedule or group that is not there."""
    message = f"{what} {name} does not exist."
    return ServiceError("ResourceNotFoundException", message, status=404)


def conflict(what: str, name: str) -> ServiceError:
    """A schedule or group that exists already."""
    return ServiceError("ConflictException", f"{what} {name} already exists.", status=409)


def unsupported(what: str) -> ServiceError:
    """A legal request that this emulation does not carry out."""
    message = f"the embedded AWS does not support {what}"
    return ServiceError("NotImplementedError", message, status=501)
