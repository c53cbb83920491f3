"""Moto's alarms are OK for ever: they never look at a metric, and nobody is told of a change.

Here they begin with INSUFFICIENT_DATA, follow their metric, act, and tell EventBridge. Of metric
math, FILL of one metric is followed, too; alarms on other expressions and on anomaly detection are
kept and change by SetAlarmState alone.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm as MotoAlarm
from moto.cloudwatch.models import CloudWatchBackend

from embedded_aws.alarms.evaluation import INSUFFICIENT_DATA, Condition
from embedded_aws.alarms.watch import ACTIONS, Alarm, AlarmState, AlarmWatch
from embedded_aws.alarms.watched import Watched

_STOCK_PUT_ALARM = CloudWatchBackend.put_metric_alarm
_STOCK_PUT_DATA = CloudWatchBackend.put_metric_data
_STOCK_UPDATE = MotoAlarm.update_state
_NOTHING = Watched("", "", frozenset(), "", 60)
Moto = Any
Metric = tuple[str, str, frozenset[tuple[str, str]]]
"""A namespace, a name, and dimensions by name and value."""


class _DataByMetric:
    """Sorts a backend's data once: moto has those of all metrics in one list, which only grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sorted = 0
        self._data = defaultdict[Metric, list[Moto]](list)

    def of(self, metric: Metric, data: Sequence[Moto]) -> Sequence[Moto]:
        """What ``data`` has of a metric."""
        with self._lock:
            new = data[self._sorted :]
            self._sorted += len(new)
            for datum in new:
                dimensions = frozenset(map(_pair, datum.dimensions))
                self._data[datum.namespace, datum.name, dimensions].append(datum)
            return tuple(self._data[metric])


def apply(watch: AlarmWatch) -> None:
    """Have alarms watched."""
    CloudWatchBackend.put_metric_alarm = _put_metric_alarm
    CloudWatchBackend.put_metric_data = _put_metric_data(watch)
    MotoAlarm.update_state = _update_state(watch)


def _put_metric_alarm(self: Moto, **members: Any) -> Moto:  # noqa: ANN401  # as in moto
    for kind in ("alarm_actions", "ok_actions", "insufficient_data_actions"):
        for arn in members.get(kind) or ():
            if arn.split(":")[2:3] not in [[service] for service in ACTIONS]:
                raise ValidationError(f"the embedded AWS does not support the action {arn}")
    former = self.alarms.get(members["name"])
    made = _STOCK_PUT_ALARM(self, **members)
    # "If you modify an existing alarm, its state is kept" (API reference of PutMetricAlarm).
    made.state_value = former.state_value if former is not None else INSUFFICIENT_DATA
    return made


def _put_metric_data(watch: AlarmWatch) -> Callable[..., None]:
    def put_metric_data(self: Moto, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        _STOCK_PUT_DATA(self, namespace, metric_data)
        metrics = {(namespace, datum["MetricName"], _dimensions(datum)) for datum in metric_data}
        for alarm in list(self.alarms.values()):
            watched = Watched.of(alarm)
            if watched and (watched.namespace, watched.name, watched.dimensions) in metrics:
                _look(self, watch, alarm.name)
                condition = _condition(alarm, watched)
                watch.later(alarm.name, _looking(self, watch, alarm.name), condition)

    return put_metric_data


def _update_state(watch: AlarmWatch) -> Callable[..., None]:
    def update_state(self: Moto, reason: str, reason_data: str, state_value: str) -> None:
        former = _state(self)
        _STOCK_UPDATE(self, reason, reason_data, state_value)
        if former.value != state_value:
            watch.changed(_alarm(self), former, _state(self))

    return update_state


def _looking(backend: Moto, watch: AlarmWatch, name: str) -> Callable[[], None]:
    return lambda: _look(backend, watch, name)


def _look(backend: Moto, watch: AlarmWatch, name: str) -> None:
    alarm = backend.alarms.get(name)
    watched = Watched.of(alarm) if alarm else None
    if watched is None or not _condition(alarm, watched).is_supported:
        return
    condition = _condition(alarm, watched)
    # Among the backend's own members, which moto makes anew when it resets it.
    by_metric = backend.__dict__.setdefault("data_by_metric", _DataByMetric())
    metric = watched.namespace, watched.name, watched.dimensions
    points = [(datum.timestamp, datum.value) for datum in by_metric.of(metric, backend.metric_data)]
    datapoints = condition.datapoints(points, watch.now())
    state = condition.state(datapoints, alarm.state_value)
    if state != alarm.state_value:
        alarm.update_state(condition.reason(datapoints, state), "{}", state)


def _dimensions(datum: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    given = datum.get("Dimensions") or ()
    return frozenset((dimension["Name"], dimension["Value"]) for dimension in given)


def _condition(alarm: Moto, watched: Watched) -> Condition:
    periods = int(alarm.evaluation_periods)
    return Condition(
        statistic=watched.statistic,
        comparison=alarm.comparison_operator,
        threshold=float(alarm.threshold or 0),
        period_seconds=watched.period_seconds,
        evaluation_periods=periods,
        datapoints_to_alarm=int(alarm.datapoints_to_alarm or periods),
        treat_missing=alarm.treat_missing_data or "missing",
        fill=watched.fill,
    )


def _alarm(alarm: Moto) -> Alarm:
    enabled, watched = alarm.actions_enabled, Watched.of(alarm) or _NOTHING
    return Alarm(
        name=alarm.name,
        arn=alarm.alarm_arn,
        description=alarm.description,
        namespace=watched.namespace,
        metric_name=watched.name,
        dimensions=sorted(watched.dimensions),
        condition=_condition(alarm, watched),
        actions={
            "ALARM": alarm.alarm_actions if enabled else (),
            "OK": alarm.ok_actions if enabled else (),
            "INSUFFICIENT_DATA": alarm.insufficient_data_actions if enabled else (),
        },
    )


def _state(alarm: Moto) -> AlarmState:
    reason, data = alarm.state_reason or "", alarm.state_reason_data or "{}"
    return AlarmState(alarm.state_value, reason, data, alarm.state_updated_timestamp)


def _pair(dimension: Moto) -> tuple[str, str]:
    return dimension.name, dimension.value
