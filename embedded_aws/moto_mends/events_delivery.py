"""Moto takes any pattern and target and brings few events anywhere: EventBus does it instead.

Stock moto delivers to queues, log groups and buses alone, ignores inputs, disabled rules, retry
policies and dead-letter queues, and fails PutEvents when a rule has any other target.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import InvalidEventPatternException, ValidationException
from moto.events.models import EventsBackend
from moto.events.models import Rule as MotoRule

from embedded_aws.eventbridge.bus import EventBus, Rule
from embedded_aws.eventbridge.patterns import EventPattern, InvalidPattern
from embedded_aws.eventbridge.targets import InvalidTarget

_STOCK_PUT_RULE = EventsBackend.put_rule
_STOCK_PUT_TARGETS = EventsBackend.put_targets
_STOCK_SEND = MotoRule.send_to_targets
Moto = Any
MotoTarget = dict[str, Any]


def apply(bus: EventBus) -> None:
    """Deliver by ``bus``, and check patterns and targets when they are put."""
    EventsBackend.put_rule = _put_rule
    EventsBackend.put_targets = _put_targets(bus)
    MotoRule.send_to_targets = _send_to_targets(bus)


def _put_rule(self: Moto, name: str, **members: Any) -> Moto:  # noqa: ANN401  # as in moto
    if members.get("scheduled_expression"):
        message = (
            f"the embedded AWS does not support ScheduleExpression of the rule {name}: "
            "use EventBridge Scheduler"
        )
        raise ValidationException(message)
    if members.get("event_pattern"):
        try:
            EventPattern(members["event_pattern"])
        except InvalidPattern as wrong:
            raise InvalidEventPatternException(str(wrong)) from wrong
    return _STOCK_PUT_RULE(self, name, **members)


def _put_targets(bus: EventBus) -> Callable[..., None]:
    def put_targets(self: Moto, name: str, bus_arn: str | None, targets: list[MotoTarget]) -> None:
        try:
            for target in targets:
                if not _is_archive(target):
                    bus.targets.check(target)
        except InvalidTarget as wrong:
            raise ValidationException(str(wrong)) from wrong
        _STOCK_PUT_TARGETS(self, name, bus_arn, targets)

    return put_targets


def _send_to_targets(bus: EventBus) -> Callable[..., None]:
    def send_to_targets(self: Moto, original_event: dict[str, Any], *stock: bool) -> None:
        pattern = self.event_pattern.dump()
        if self.state != "ENABLED" or not pattern:
            return
        if any(_is_archive(target) for target in self.targets):
            _STOCK_SEND(self, original_event, *stock)
            return
        bus.put(_event(original_event), [Rule(self.arn, pattern, tuple(self.targets))])

    return send_to_targets


def _is_archive(target: MotoTarget) -> bool:
    # Moto makes a rule of its own for an archive, whose target's ARN names no resource.
    return ":events:" in target["Arn"] and target["Arn"].endswith(":::")


def _event(moto_event: dict[str, Any]) -> dict[str, Any]:
    """An event as rules and targets see it: whole seconds, and nothing of moto's own."""
    event = {name: value for name, value in moto_event.items() if name != "ingestion-time"}
    time = event["time"]
    if not isinstance(time, str):
        event["time"] = f"{datetime.fromtimestamp(float(time), UTC):%Y-%m-%dT%H:%M:%SZ}"
    return event
