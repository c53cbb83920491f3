"""How the embedded AWS says that it cannot do what AWS can: loudly, and once."""

from __future__ import annotations

from embedded_aws.gateway.service import ServiceError

_NOT_IMPLEMENTED = 501


def not_supported(service: str, operation: str, why: str = "") -> ServiceError:
    """An answer of 501, which no AWS client retries, unlike any other server error."""
    message = f"the embedded AWS does not support {service}:{operation}"
    detail = f": {why}" if why else ""
    return ServiceError("NotImplementedError", f"{message}{detail}", status=_NOT_IMPLEMENTED)


def service_not_supported(service: str) -> ServiceError:
    """The same of a whole service, whether or not moto has it: nobody has looked at it here."""
    message = f"the embedded AWS does not serve {service}"
    return ServiceError("NotImplementedError", message, status=_NOT_IMPLEMENTED)


def protocol_not_supported(protocol: str) -> ServiceError:
    """The same of a protocol, which only the youngest clients of CloudWatch speak."""
    message = f"the embedded AWS does not speak {protocol}; use a client that speaks JSON"
    return ServiceError("NotImplementedError", message, status=_NOT_IMPLEMENTED)
