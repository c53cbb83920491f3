"""Moto's FilterLogEvents searches a group's streams whatever prefix of their names is asked for."""

from __future__ import annotations

import json
from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.responses import LogsResponse

_STOCK = LogsResponse.filter_log_events


def apply() -> None:
    """Search the streams alone whose names begin so."""
    LogsResponse.filter_log_events = _filter_log_events


def _filter_log_events(self: Any) -> str:  # noqa: ANN401  # moto is untyped
    asked = json.loads(self.body)
    prefix = asked.get("logStreamNamePrefix")
    if prefix is not None:
        # API_FilterLogEvents, logStreamNames.
        if asked.get("logStreamNames"):
            raise InvalidParameterException("logStreamNamePrefix excludes logStreamNames")
        group = self.logs_backend.groups.get(asked["logGroupName"])
        found = [name for name in group.streams if name.startswith(prefix)] if group else []
        # No names at all are every stream; where none begins with it, none is called so either.
        self.body = json.dumps({**asked, "logStreamNames": found or [prefix]})
    answer: str = _STOCK(self)
    return answer
