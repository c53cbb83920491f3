"""Takes the metrics out of log events that carry them, as CloudWatch Logs does.

CloudWatch user guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.call import Call, Handler, HttpAnswer
from embedded_aws.outbox import Outbox

Metric = tuple[str, Mapping[str, Any]]
"""A namespace, and a datum as PutMetricData takes it."""
# PutMetricData takes no more at once.
_MAX_DATA = 1000


class EmbeddedMetrics:
    """Reads what was put into log streams, and tells CloudWatch in the background.

    A metric gets its event's instant, not the one that its document names: functions read the
    machine's clock, and all else here goes by the virtual one.
    """

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._outbox = Outbox[Metric](environment.clock, "logs:metrics", self._put)

    def __call__(self, call: Call, proceed: Handler) -> HttpAnswer:
        """Let a call through; what it has put into a stream is looked at afterwards."""
        answer = proceed(call)
        is_written = answer.status == HTTPStatus.OK
        if is_written and (call.service, call.operation) == ("logs", "PutLogEvents"):
            for event in call.parameters["logEvents"]:
                at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                for metric in metrics(event["message"], at):
                    self._outbox.post(metric)
        return answer

    def _put(self, items: list[Metric]) -> None:
        by_namespace = defaultdict(list)
        for namespace, datum in items:
            by_namespace[namespace].append(datum)
        cloudwatch = self._clients.as_service("cloudwatch")
        for namespace, data in by_namespace.items():
            for start in range(0, len(data), _MAX_DATA):
                cloudwatch.put_metric_data(
                    Namespace=namespace, MetricData=data[start : start + _MAX_DATA]
                )


def metrics(message: str, at: datetime) -> list[Metric]:
    """The metrics that a log event's message carries, once for each set of dimensions.

    What is not of the form carries none, and stays a log event all the same.
    """
    # Most messages carry none, and most documents are long.
    if '"CloudWatchMetrics"' not in message:
        return []
    try:
        return list(_read(json.loads(message), at))
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError):
        return []


def _read(document: Mapping[str, Any], at: datetime) -> Iterator[Metric]:
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"] or [[]]:
            dimensions = [{"Name": name, "Value": document[name]} for name in names]
            for definition in directive["Metrics"]:
                measured = document[definition["Name"]]
                for value in measured if isinstance(measured, list) else [measured]:
                    datum = {
                        "MetricName": definition["Name"],
                        "Dimensions": dimensions,
                        "Timestamp": at,
                        "Value": value,
                        "Unit": definition.get("Unit", "None"),
                    }
                    yield directive["Namespace"], datum
