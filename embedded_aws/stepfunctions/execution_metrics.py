"""Tells CloudWatch how executions begin and end, so that alarms hear of them.

Developer Guide, "Monitoring Step Functions metrics using Amazon CloudWatch": execution metrics.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.outbox import Outbox
from embedded_aws.stepfunctions.executions import Execution
from embedded_aws.stepfunctions.history import Event

_NAMESPACE = "AWS/States"
_METRICS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}
# PutMetricData takes no more at once.
_MAX_DATA = 1000


class ExecutionMetrics:
    """Counts each status once, by machine."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._now = environment.clock.now
        self._outbox = Outbox[dict[str, Any]](environment.clock, "states:metrics", self._put)

    def recorded(self, execution: Execution, event: Event) -> None:
        """History events are not counted."""

    def changed(self, execution: Execution) -> None:
        """Count the execution's status as it is now."""
        with execution.lock:
            machine_arn, status = execution.revision.machine_arn, execution.status
        self._outbox.post(
            {
                "MetricName": _METRICS[status],
                "Dimensions": [{"Name": "StateMachineArn", "Value": machine_arn}],
                "Timestamp": self._now(),
                "Value": 1,
                "Unit": "Count",
            }
        )

    def _put(self, data: list[dict[str, Any]]) -> None:
        cloudwatch = self._clients.as_service("cloudwatch")
        for start in range(0, len(data), _MAX_DATA):
            cloudwatch.put_metric_data(
                Namespace=_NAMESPACE, MetricData=data[start : start + _MAX_DATA]
            )
