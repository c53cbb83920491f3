"""Tells EventBridge about endpoints: every change of status, every stage of a deployment.

SageMaker guide, "Events that Amazon SageMaker sends to Amazon EventBridge".
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.outbox import Outbox
from embedded_aws.sagemaker.endpoints.records import Endpoint
from embedded_aws.sagemaker.tags import Tags

# PutEvents takes no more at once.
_MAX_ENTRIES = 10
_STATUS = "SageMaker Endpoint State Change"
_DEPLOYMENT = "SageMaker Endpoint Deployment State Change"


class EndpointEvents:
    """Sends to the default bus in the background: an endpoint does not wait for rules."""

    def __init__(self, environment: Environment, tags: Tags) -> None:
        self._clients = environment.clients
        self._now = environment.clock.now
        self._tags = tags
        self._outbox = Outbox(environment.clock, "endpoint-events", self._put)

    def changed(self, before: Endpoint | None, after: Endpoint) -> None:
        """Send what differs: the endpoint's status, or the stages of its variants."""
        if before is None or before.status != after.status:
            self._send(_STATUS, after)
        if before is not None and _stages(before) != _stages(after) and _stages(after):
            self._send(_DEPLOYMENT, after)

    def _send(self, detail_type: str, endpoint: Endpoint) -> None:
        status = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", endpoint.status).upper()
        tags = {tag["Key"]: tag["Value"] for tag in self._tags.of(endpoint.arn)}
        detail = {**endpoint.described(), "EndpointStatus": status, "Tags": tags}
        entry = {
            "Source": "aws.sagemaker",
            "DetailType": detail_type,
            "Resources": [endpoint.arn],
            "Time": self._now(),
            "Detail": json.dumps(detail, default=_epoch_milliseconds),
        }
        self._outbox.post(entry)

    def _put(self, entries: list[dict[str, Any]]) -> None:
        events = self._clients.as_service("events")
        for start in range(0, len(entries), _MAX_ENTRIES):
            events.put_events(Entries=entries[start : start + _MAX_ENTRIES])


def _stages(endpoint: Endpoint) -> list[Any]:
    pending = endpoint.pending.variants if endpoint.pending else ()
    return [variant.status for variant in (*endpoint.variants, *pending) if variant.status]


def _epoch_milliseconds(value: object) -> int:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    message = f"an event cannot hold {type(value).__name__}"
    raise TypeError(message)
