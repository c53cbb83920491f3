"""Events on their way: from a bus over its rules to their targets, or to a dead-letter queue."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.delivery.attempts import Courier, Delivery, Failure, RetryPolicy, Undeliverable
from embedded_aws.environment import Environment
from embedded_aws.eventbridge.inputs import InvalidInput, target_input
from embedded_aws.eventbridge.patterns import EventPattern
from embedded_aws.eventbridge.targets import Parcel, Target, Targets

_LOG = logging.getLogger(__name__)
# API reference of RetryPolicy: 24 hours and 185 times, unless the target says otherwise.
_MAX_AGE_SECONDS = 86_400
_MAX_ATTEMPTS = 185


@dataclass(frozen=True)
class Rule:
    """An enabled rule as it is when an event comes by."""

    arn: str
    pattern: str
    targets: tuple[Target, ...]


class EventBus:
    """Matches events with rules and delivers them, in the background and in order."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._clock = environment.clock
        self._courier = Courier(environment.clock, "eventbridge-delivery")
        self._patterns: dict[str, EventPattern] = {}
        self.targets = Targets(environment.clients)

    def put(self, event: Mapping[str, Any], rules: Iterable[Rule]) -> None:
        """Deliver an event to the targets of the rules that want it."""
        for rule in rules:
            if self._pattern(rule.pattern).matches(event):
                for target in rule.targets:
                    self._post(rule, target, event)

    def _pattern(self, text: str) -> EventPattern:
        if text not in self._patterns:
            self._patterns[text] = EventPattern(text)
        return self._patterns[text]

    def _post(self, rule: Rule, target: Target, event: Mapping[str, Any]) -> None:
        now = self._clock.now()

        def send(_attempt: int) -> None:
            text = _text(target, event, rule.arn, now)
            self.targets.send(Parcel(rule.arn, target, event, text))
            self._count(rule, {"Invocations": 1})

        def bury(failure: Failure) -> None:
            self._count(rule, {"Invocations": 1, "FailedInvocations": 1})
            queue_arn = target.get("DeadLetterConfig", {}).get("Arn")
            if queue_arn:
                self._bury(queue_arn, rule, target, event, failure)

        policy = target.get("RetryPolicy", {})
        self._courier.post(
            Delivery(
                name=f"{rule.arn} to {target['Arn']}",
                send=send,
                bury=bury,
                policy=RetryPolicy(
                    policy.get("MaximumRetryAttempts", _MAX_ATTEMPTS),
                    policy.get("MaximumEventAgeInSeconds", _MAX_AGE_SECONDS),
                ),
                created_at=now,
            )
        )

    def _bury(
        self,
        queue_arn: str,
        rule: Rule,
        target: Target,
        event: Mapping[str, Any],
        failure: Failure,
    ) -> None:
        attributes = {
            "RULE_ARN": rule.arn,
            "TARGET_ARN": target["Arn"],
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
            "RETRY_ATTEMPTS": str(failure.retry_attempts),
            "EXHAUSTED_RETRY_CONDITION": failure.exhausted,
        }
        try:
            given = {name: value for name, value in attributes.items() if value}
            self.targets.bury(queue_arn, rule.arn, json.dumps(event), given)
        except (BotoCoreError, ClientError):
            self._count(rule, {"InvocationsFailedToBeSentToDlq": 1})
            raise
        self._count(rule, {"InvocationsSentToDlq": 1})

    def _count(self, rule: Rule, counts: Mapping[str, int]) -> None:
        """EventBridge's own metrics (user guide, "Monitoring Amazon EventBridge")."""
        dimensions = [{"Name": "RuleName", "Value": rule.arn.rsplit("/", 1)[-1]}]
        data = [
            {"MetricName": name, "Dimensions": dimensions, "Value": count, "Unit": "Count"}
            for name, count in Counter(counts).items()
        ]
        try:
            self._clients.as_service("cloudwatch").put_metric_data(
                Namespace="AWS/Events", MetricData=data
            )
        except (BotoCoreError, ClientError) as refused:
            _LOG.warning("metrics of %s are lost: %s", rule.arn, refused)


def _text(target: Target, event: Mapping[str, Any], rule_arn: str, now: datetime) -> str:
    ingested_at = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    try:
        return target_input(target, event, rule_arn, ingested_at)
    except InvalidInput as malformed:
        raise Undeliverable(str(malformed)) from malformed
