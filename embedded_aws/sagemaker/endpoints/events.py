"""Tells EventBridge about endpoints: every change of status, every stage of a deployment.

SageMaker guide, "Events that Amazon SageMaker sends to Amazon EventBridge".
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.bus import Bus
from embedded_aws.sagemaker.endpoints.records import Endpoint
from embedded_aws.sagemaker.tags import Tags

_STATUS = "SageMaker Endpoint State Change"
_DEPLOYMENT = "SageMaker Endpoint Deployment State Change"


class EndpointEvents:
    """Sends to the default bus in the background: an endpoint does not wait for rules."""

    def __init__(self, environment: Environment, tags: Tags) -> None:
        self._tags = tags
        self._bus = Bus(environment, "endpoint-events")

    def changed(self, before: Endpoint | None, after: Endpoint) -> None:
        """Send what differs: the endpoint's status, or the stages of its variants."""
        if before is None or before.status != after.status:
            self._send(_STATUS, after)
        if before is not None and _stages(before) != _stages(after) and _stages(after):
            self._send(_DEPLOYMENT, after)

    def deleted(self, endpoint: Endpoint) -> None:
        """Send that an endpoint is gone.

        The guide lists no such status; awslabs/stable-diffusion-aws-extension takes it from these
        events, and says that it does not always come.
        """
        self._send(_STATUS, replace(endpoint, status="Deleted"))

    def _send(self, detail_type: str, endpoint: Endpoint) -> None:
        status = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", endpoint.status).upper()
        tags = {tag["Key"]: tag["Value"] for tag in self._tags.of(endpoint.arn)}
        detail = {**endpoint.described(), "EndpointStatus": status, "Tags": tags}
        text = json.dumps(detail, default=_epoch_milliseconds)
        self._bus.send(detail_type, endpoint.arn, text)


def _stages(endpoint: Endpoint) -> list[Any]:
    pending = endpoint.pending.variants if endpoint.pending else ()
    return [variant.status for variant in (*endpoint.variants, *pending) if variant.status]


def _epoch_milliseconds(value: object) -> int:
    if isinstance(value, datetime):
        return int(value.timestamp() * 1000)
    message = f"an event cannot hold {type(value).__name__}"
    raise TypeError(message)
