"""Tells CloudWatch how endpoints are used, so that alarms on them can stop a deployment.

SageMaker guide, "Monitor SageMaker with CloudWatch": endpoint invocation metrics.
"""

from __future__ import annotations

import logging
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.environment import Environment

_NAMESPACE = "AWS/SageMaker"
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_LOGGER = logging.getLogger(__name__)


class InvocationMetrics:
    """Sends four metrics per invocation, before it is answered.

    Not in the background: that would hold the clock, and callers who keep an endpoint busy would
    hold it for ever.
    """

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._now = environment.clock.now

    def invoked(self, endpoint_name: str, variant_name: str, status: int, latency: float) -> None:
        """Count one invocation; ``status`` is the container's, ``latency`` its microseconds."""
        dimensions = [
            {"Name": "EndpointName", "Value": endpoint_name},
            {"Name": "VariantName", "Value": variant_name},
        ]
        values = {
            "Invocations": (1, "None"),
            "Invocation4XXErrors": (int(_CLIENT_ERROR <= status < _SERVER_ERROR), "None"),
            "Invocation5XXErrors": (int(status >= _SERVER_ERROR), "None"),
            "ModelLatency": (latency, "Microseconds"),
        }
        now = self._now()
        self._put(
            [
                {
                    "MetricName": name,
                    "Dimensions": dimensions,
                    "Timestamp": now,
                    "Value": value,
                    "Unit": unit,
                }
                for name, (value, unit) in values.items()
            ]
        )

    def _put(self, data: list[dict[str, Any]]) -> None:
        try:
            self._clients.as_service("cloudwatch").put_metric_data(
                Namespace=_NAMESPACE, MetricData=data
            )
        except (BotoCoreError, ClientError) as refused:
            # Best effort, as on AWS: the request itself was answered.
            _LOGGER.warning("the metrics of an invocation are lost: %s", refused)
