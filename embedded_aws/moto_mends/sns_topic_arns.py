"""Moto fails on what is no ARN in the place of a topic's; SNS says what is wrong with it."""

from __future__ import annotations

from typing import Any

from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend

_ELEMENTS = 6
_STOCK = SNSBackend.get_topic


def apply() -> None:
    """Refuse it in SNS's words."""
    SNSBackend.get_topic = _get_topic


def _get_topic(self: Any, arn: str) -> Any:  # noqa: ANN401  # moto is untyped
    elements = arn.count(":") + 1
    if elements < _ELEMENTS:
        reason = f"An ARN must have at least {_ELEMENTS} elements, not {elements}"
        raise SNSInvalidParameter(f"Invalid parameter: TopicArn Reason: {reason}")
    return _STOCK(self, arn)
