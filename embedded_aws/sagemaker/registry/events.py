"""Tells EventBridge about model packages, as AWS does on every registration and change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.bus import Bus
from embedded_aws.sagemaker.registry.records import Package

DETAIL_TYPE = "SageMaker Model Package State Change"


class PackageEvents:
    """Sends one event for each registration and update."""

    def __init__(self, environment: Environment) -> None:
        self._bus = Bus(environment, "model-package-events")

    def state_changed(self, package: Package, updated_fields: Sequence[str] = ()) -> None:
        """Send one event; ``updated_fields`` name what an update changed."""
        detail = package.described()
        if updated_fields:
            detail["UpdatedModelPackageFields"] = list(updated_fields)
        self._bus.send(DETAIL_TYPE, package.arn, json.dumps(detail, default=_iso_8601))


def _iso_8601(value: object) -> str:
    # The guide's sample has whole seconds and a Z.
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"an event cannot hold {type(value).__name__}"
    raise TypeError(message)
