"""Tells CloudWatch how endpoints are used, so that alarms on them can stop a deployment.

SageMaker guide, "Monitor SageMaker with CloudWatch": endpoint invocation metrics.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.outbox import Outbox

_NAMESPACE = "AWS/SageMaker"
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
# PutMetricData takes no more at once.
_MAX_DATA = 1000


class InvocationMetrics:
    """Sends four metrics per invocation, in the background."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._now = environment.clock.now
        self._outbox = Outbox[list[dict[str, Any]]](
            environment.clock, "endpoint-metrics", self._put
        )

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
        self._outbox.post(
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

    def _put(self, invocations: list[list[dict[str, Any]]]) -> None:
        cloudwatch = self._clients.as_service("cloudwatch")
        data = [datum for each in invocations for datum in each]
        for start in range(0, len(data), _MAX_DATA):
            cloudwatch.put_metric_data(
                Namespace=_NAMESPACE, MetricData=data[start : start + _MAX_DATA]
            )
