"""Alarms over time: when they are looked at, and who is told that one has changed.

CloudWatch user guide, "Alarm events and EventBridge", "Notifying users on alarm changes" and
"Invoke a Lambda function from an alarm".
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from embedded_aws.alarms.evaluation import Condition
from embedded_aws.delivery.attempts import Courier, Delivery, RetryPolicy
from embedded_aws.delivery.senders import Senders
from embedded_aws.environment import Environment

ACTIONS = ("sns", "lambda")
_PRINCIPALS = {
    "sns": "cloudwatch.amazonaws.com",
    "lambda": "lambda.alarms.cloudwatch.amazonaws.com",
}
_POLICY = RetryPolicy(max_attempts=3, max_age_seconds=3600)


@dataclass(frozen=True)
class AlarmState:
    """A state, since when and why."""

    value: str
    reason: str
    reason_data: str
    since: datetime

    def described(self) -> dict[str, str]:
        """As events show it."""
        instant = f"{self.since:%Y-%m-%dT%H:%M:%S}.{self.since.microsecond // 1000:03d}+0000"
        return {
            "value": self.value,
            "reason": self.reason,
            "reasonData": self.reason_data,
            "timestamp": instant,
        }


@dataclass(frozen=True)
class Alarm:
    """A metric alarm.

    Attributes:
        actions: What to do for each state, by the state's name.
    """

    name: str
    arn: str
    description: str | None
    namespace: str
    metric_name: str
    dimensions: Sequence[tuple[str, str]]
    condition: Condition
    actions: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class _Look:
    alarm: str
    at_seconds: int


class AlarmWatch:
    """Has alarms looked at, and tells of changes, in the background and in order."""

    def __init__(self, environment: Environment) -> None:
        self._settings = environment.settings
        self._clients = environment.clients
        self._clock = environment.clock
        self._courier = Courier(environment.clock, "alarm-actions")
        self._senders = {
            service: Senders(environment.clients, principal)
            for service, principal in _PRINCIPALS.items()
        }
        self._lock = threading.Lock()
        self._due: set[_Look] = set()

    def now(self) -> datetime:
        """The instant that alarms are looked at."""
        return self._clock.now()

    def later(self, name: str, look: Callable[[], None], condition: Condition) -> None:
        """Look again at the ends of the periods that today's data have a part in, once at each.

        AWS looks every minute; nothing else than new data and the end of periods changes what
        it sees. Nobody waits for an alarm, so the clock is not pulled.
        """
        period_seconds = condition.period_seconds
        current = math.floor(self._clock.now().timestamp() / period_seconds)
        for period in range(current + 1, current + 1 + condition.evaluation_range):
            self._at(_Look(name, period * period_seconds), look)

    def _at(self, due: _Look, look: Callable[[], None]) -> None:
        with self._lock:
            if due in self._due:
                return
            self._due.add(due)

        def fire() -> None:
            with self._lock:
                self._due.remove(due)
            look()

        when = datetime.fromtimestamp(due.at_seconds, UTC)
        self._clock.call_at(when, fire, name=f"a look at the alarm {due.alarm}")

    def changed(self, alarm: Alarm, former: AlarmState, state: AlarmState) -> None:
        """Tell EventBridge, and do what the alarm is to do in its new state."""
        entry = {
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Resources": [alarm.arn],
            "Time": state.since,
            "Detail": json.dumps(_detail(alarm, former, state)),
        }
        self._post(alarm, lambda: self._clients.as_service("events").put_events(Entries=[entry]))
        for arn in alarm.actions.get(state.value, ()):
            self._act(alarm, arn, former, state)

    def _act(self, alarm: Alarm, arn: str, former: AlarmState, state: AlarmState) -> None:
        service = arn.split(":")[2]
        senders = self._senders[service]
        if service == "lambda":
            event = json.dumps(self._event(alarm, former, state))
            self._post(alarm, lambda: senders.invoke(alarm.arn, arn, event))
            return
        message = json.dumps(self._message(alarm, former, state))
        subject = f'{state.value}: "{alarm.name}" in {self._settings.region}'[:100]
        topic = senders.client("sns", alarm.arn)
        self._post(alarm, lambda: topic.publish(TopicArn=arn, Subject=subject, Message=message))

    def _post(self, alarm: Alarm, send: Callable[[], object]) -> None:
        self._courier.post(
            Delivery(
                alarm.arn, lambda _attempt: _ignored(send()), _ignored, _POLICY, self._clock.now()
            )
        )

    def _event(self, alarm: Alarm, former: AlarmState, state: AlarmState) -> dict[str, Any]:
        return {
            "source": "aws.cloudwatch",
            "alarmArn": alarm.arn,
            "accountId": self._settings.account_id,
            "time": state.described()["timestamp"],
            "region": self._settings.region,
            "alarmData": _detail(alarm, former, state),
        }

    def _message(self, alarm: Alarm, former: AlarmState, state: AlarmState) -> dict[str, Any]:
        condition = alarm.condition
        return {
            "AlarmName": alarm.name,
            "AlarmDescription": alarm.description,
            "AWSAccountId": self._settings.account_id,
            "NewStateValue": state.value,
            "NewStateReason": state.reason,
            "StateChangeTime": state.described()["timestamp"],
            "Region": self._settings.region,
            "AlarmArn": alarm.arn,
            "OldStateValue": former.value,
            "Trigger": {
                "MetricName": alarm.metric_name,
                "Namespace": alarm.namespace,
                "Statistic": condition.statistic.upper(),
                "Dimensions": [{"value": value, "name": name} for name, value in alarm.dimensions],
                "Period": condition.period_seconds,
                "EvaluationPeriods": condition.evaluation_periods,
                "DatapointsToAlarm": condition.datapoints_to_alarm,
                "ComparisonOperator": condition.comparison,
                "Threshold": condition.threshold,
                "TreatMissingData": condition.treat_missing,
            },
        }


def _detail(alarm: Alarm, former: AlarmState, state: AlarmState) -> dict[str, Any]:
    metric = {
        "namespace": alarm.namespace,
        "name": alarm.metric_name,
        "dimensions": dict(alarm.dimensions),
    }
    statistic = {
        "metric": metric,
        "period": alarm.condition.period_seconds,
        "stat": alarm.condition.statistic,
    }
    metrics = [{"id": "m1", "metricStat": statistic, "returnData": True}]
    described = {"description": alarm.description} if alarm.description else {}
    return {
        "alarmName": alarm.name,
        "state": state.described(),
        "previousState": former.described(),
        "configuration": {**described, "metrics": metrics},
    }


def _ignored(_: object) -> None:
    """Of an action that fails, CloudWatch only keeps history."""
