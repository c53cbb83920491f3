"""Tells EventBridge about model packages, as AWS does on every registration and change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.registry.records import Package

SOURCE = "aws.sagemaker"
DETAIL_TYPE = "SageMaker Model Package State Change"


class PackageEvents:
    """Sends to the default bus in the background: registering does not wait for rules."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._clock = environment.clock

    def state_changed(self, package: Package, updated_fields: Sequence[str] = ()) -> None:
        """Send one event; ``updated_fields`` name what an update changed."""
        detail = package.described()
        if updated_fields:
            detail["UpdatedModelPackageFields"] = list(updated_fields)
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Resources": [package.arn],
            "Time": self._clock.now(),
            "Detail": json.dumps(detail, default=_iso_8601),
        }
        self._clock.spawn(partial(self._put, entry), "model-package-event")

    def _put(self, entry: dict[str, Any]) -> None:
        self._clients.as_service("events").put_events(Entries=[entry])


def _iso_8601(value: object) -> str:
    # The guide's sample has whole seconds and a Z.
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    message = f"an event cannot hold {type(value).__name__}"
    raise TypeError(message)
