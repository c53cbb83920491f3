"""Moto fails on queue attributes that are no numbers or no JSON, and takes those out of bounds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.sqs.exceptions import InvalidAttributeValue
from moto.sqs.models import Queue

# API_SetQueueAttributes.
_BOUNDS: Mapping[str, tuple[int, int]] = {
    "DelaySeconds": (0, 900),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
_DOCUMENTS = ("RedriveAllowPolicy", "RedrivePolicy")
_STOCK = Queue._set_attributes  # noqa: SLF001  # what is mended


def apply() -> None:
    """Refuse what SQS refuses."""
    Queue._set_attributes = _set_attributes  # noqa: SLF001


def _set_attributes(self: Any, attributes: Mapping[str, Any], now: float | None = None) -> None:  # noqa: ANN401  # moto is untyped
    for name, value in attributes.items():
        if not _is_valid(name, value):
            raise InvalidAttributeValue(name)
    _STOCK(self, attributes, now)


def _is_valid(name: str, value: Any) -> bool:  # noqa: ANN401  # as in moto
    try:
        if name in _BOUNDS:
            least, most = _BOUNDS[name]
            return least <= int(value) <= most
        # An empty text takes a policy away.
        if name in _DOCUMENTS and isinstance(value, str) and value:
            return isinstance(json.loads(value), dict)
    except ValueError:
        return False
    return True
