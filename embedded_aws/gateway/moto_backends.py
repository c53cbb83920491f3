"""What services write at every step of a night, put straight into moto's backends.

Moto's own way there parses the request once more and writes and checks an answer, which costs ten
times as much. What it would refuse takes that way all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.events.models import events_backends
from moto.logs.models import logs_backends

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import Result

Moto = Any
"""Moto's models have no static types."""


def put(call: Call) -> Result | None:
    """What moto answers to a write; none where it is to be asked itself."""
    writer = _WRITERS.get(f"{call.service}:{call.operation}")
    return writer(call) if writer else None


def _backend(backends: Moto, call: Call) -> Moto:
    return backends[call.context.account_id][call.context.region]


def _put_log_events(call: Call) -> Result | None:
    logs, given = _backend(logs_backends, call), call.parameters
    group = logs.groups.get(given["logGroupName"])
    instants = [event["timestamp"] for event in given["logEvents"]]
    if (
        group is None
        or given["logStreamName"] not in group.streams
        or group.subscription_filters
        or instants != sorted(instants)
    ):
        return None
    token, rejected = logs.put_log_events(
        given["logGroupName"], given["logStreamName"], given["logEvents"]
    )
    told = {"rejectedLogEventsInfo": rejected} if rejected else {}
    return {"nextSequenceToken": token, **told}


def _put_events(call: Call) -> Result | None:
    entries = [
        {**entry, "Time": entry["Time"].timestamp()} if "Time" in entry else entry
        for entry in call.parameters["Entries"]
    ]
    made = _backend(events_backends, call).put_events(entries)
    return {"FailedEntryCount": sum("ErrorCode" in each for each in made), "Entries": made}


def _put_metric_data(call: Call) -> Result | None:
    data = call.parameters["MetricData"]
    if any("Value" not in datum or "Timestamp" not in datum for datum in data):
        return None
    # Moto's instants have no zone.
    naive = [
        {**datum, "Timestamp": datum["Timestamp"].astimezone(UTC).replace(tzinfo=None)}
        for datum in data
    ]
    _backend(cloudwatch_backends, call).put_metric_data(call.parameters["Namespace"], naive)
    return {}


_WRITERS: Mapping[str, Callable[[Call], Result | None]] = {
    "cloudwatch:PutMetricData": _put_metric_data,
    "events:PutEvents": _put_events,
    "logs:PutLogEvents": _put_log_events,
}
