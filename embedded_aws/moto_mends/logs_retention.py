"""Moto keeps logs for any number of days; CloudWatch Logs for some numbers alone."""

from __future__ import annotations

from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogsBackend

# API_PutRetentionPolicy, retentionInDays.
_POSSIBLE_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_STOCK = LogsBackend.put_retention_policy


def apply() -> None:
    """Refuse what CloudWatch Logs refuses."""
    LogsBackend.put_retention_policy = _put_retention_policy


def _put_retention_policy(self: Any, log_group_name: str, retention_in_days: Any) -> None:  # noqa: ANN401  # moto is untyped
    if int(retention_in_days) not in _POSSIBLE_DAYS:
        allowed = ", ".join(map(str, _POSSIBLE_DAYS))
        raise InvalidParameterException(
            constraint=f"Member must satisfy enum value set: [{allowed}]",
            parameter="retentionInDays",
            value=retention_in_days,
        )
    _STOCK(self, log_group_name, retention_in_days)
