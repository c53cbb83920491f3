"""Names of state machines and executions (API reference, StartExecution: "name")."""

from __future__ import annotations

import re

from embedded_aws.gateway.service import ServiceError

_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def check_name(name: str) -> None:
    """Refuse a name with a character that AWS does not allow.

    Raises:
        ServiceError: ``InvalidName``.
    """
    if _FORBIDDEN.search(name):
        raise ServiceError("InvalidName", f"Invalid Name: '{name}'")
