"""One event source mapping, as the API shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.awslambda.names import FunctionReference

DEFAULT_BATCH_SIZE = 10
_SETTINGS = (
    "BatchSize",
    "MaximumBatchingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "ScalingConfig",
)


@dataclass(frozen=True)
class EventSourceMapping:
    """A queue whose messages a function gets.

    Attributes:
        settings: What Create and Update were given, as far as the API shows it.
        last_result: LastProcessingResult.
    """

    uuid: str
    arn: str
    source_arn: str
    reference: FunctionReference
    function_arn: str
    modified_at: datetime
    settings: Mapping[str, Any]
    is_enabled: bool = True
    last_result: str = "No records processed"

    @property
    def batch_size(self) -> int:
        """How many messages an event holds at most."""
        size: int = self.settings.get("BatchSize", DEFAULT_BATCH_SIZE)
        return size

    @property
    def window_seconds(self) -> int:
        """For how long messages are gathered."""
        window: int = self.settings.get("MaximumBatchingWindowInSeconds", 0)
        return window

    @property
    def reports_failures(self) -> bool:
        """Whether the function says which messages of a batch failed."""
        return "ReportBatchItemFailures" in self.settings.get("FunctionResponseTypes", ())

    def described(self, state: str | None = None) -> dict[str, Any]:
        """AWS's EventSourceMappingConfiguration; changes are in effect at once."""
        return {
            "BatchSize": self.batch_size,
            "MaximumBatchingWindowInSeconds": self.window_seconds,
            **self.settings,
            "UUID": self.uuid,
            "EventSourceMappingArn": self.arn,
            "EventSourceArn": self.source_arn,
            "FunctionArn": self.function_arn,
            "LastModified": self.modified_at,
            "LastProcessingResult": self.last_result,
            "State": state or ("Enabled" if self.is_enabled else "Disabled"),
            "StateTransitionReason": "USER_INITIATED",
        }


def settings_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings among a request's parameters."""
    return {name: given[name] for name in _SETTINGS if given.get(name) is not None}
