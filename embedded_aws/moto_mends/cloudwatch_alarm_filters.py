"""Moto's DescribeAlarms goes by one of the things that it is asked for, and forgets the others."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

_STOCK = CloudWatchResponse.describe_alarms
Moto = Any


def apply() -> None:
    """Describe those alarms alone that are all that is asked for."""
    CloudWatchResponse.describe_alarms = _describe_alarms


def _describe_alarms(self: Moto) -> ActionResult:
    state, action = self._get_param("StateValue"), self._get_param("ActionPrefix")
    found: dict[str, list[Moto]] = _STOCK(self).result
    return ActionResult(
        {
            kind: [it for it in alarms if state in {None, it.state_value} and _acts(it, action)]
            for kind, alarms in found.items()
        }
    )


def _acts(alarm: Moto, prefix: str | None) -> bool:
    actions = (*alarm.alarm_actions, *alarm.ok_actions, *alarm.insufficient_data_actions)
    return prefix is None or any(it.startswith(prefix) for it in actions)
