"""What a request that nobody signed is answered, where AWS does not take it."""

from __future__ import annotations

from embedded_aws.gateway.service import ServiceError

_FORBIDDEN = 403


def missing_token(protocol: str) -> ServiceError:
    """The error of the "Common Errors" pages, as query and as JSON services name it."""
    code = "MissingAuthenticationToken"
    suffix = "" if protocol == "query" else "Exception"
    return ServiceError(f"{code}{suffix}", "Missing Authentication Token", status=_FORBIDDEN)
