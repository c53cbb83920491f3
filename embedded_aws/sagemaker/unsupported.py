"""Refuses what the embedded AWS does not emulate, by name, instead of ignoring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from embedded_aws.gateway.service import ServiceError


def refuse(members: Iterable[str], given: Mapping[str, Any], where: str) -> None:
    """Refuse any of ``members`` that a request gives a meaningful value.

    Raises:
        ServiceError: ``ValidationException`` that names the member and where it stood.
    """
    for member in members:
        # False, empty lists and empty structures ask for nothing.
        if given.get(member):
            raise not_supported(f"{member} of {where}")


def not_supported(what: str) -> ServiceError:
    """The refusal of one thing that AWS would accept."""
    return ServiceError("ValidationException", f"the embedded AWS does not support {what}")
