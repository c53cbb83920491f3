"""Asynchronous invocations: accepted at once, retried on the virtual clock, their end reported.

AWS Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from embedded_aws.awslambda.destinations import Destinations, Ending
from embedded_aws.awslambda.event_invoke_config import MAX_EVENT_AGE_SECONDS, MAX_RETRY_ATTEMPTS
from embedded_aws.awslambda.execution_environment import Outcome
from embedded_aws.awslambda.invoker import FunctionCall, Invoker
from embedded_aws.awslambda.names import FunctionReference
from embedded_aws.clock import Clock
from embedded_aws.gateway.service import ServiceError

_FUNCTION_ERROR_DELAYS_SECONDS = (60, 120)
_THROTTLE_DELAY_SECONDS = 1
_MAX_THROTTLE_DELAY_SECONDS = 300


@dataclass(frozen=True)
class QueuedEvent:
    """An event in a function's queue."""

    reference: FunctionReference
    payload: bytes
    request_id: str
    queued_at: datetime
    client_context: str = ""
    invoke_count: int = 0
    throttle_count: int = 0


Resolve = Callable[[QueuedEvent], tuple[FunctionCall, Mapping[str, Any]]]


class AsynchronousInvocations:
    """The queues of all functions.

    A retry does not pull the clock: nobody waits for it, and a function that always fails
    on a short schedule would otherwise drive the clock forward for ever.
    """

    def __init__(
        self, invoker: Invoker, destinations: Destinations, clock: Clock, resolve: Resolve
    ) -> None:
        self._invoker = invoker
        self._destinations = destinations
        self._clock = clock
        self._resolve = resolve

    def submit(self, event: QueuedEvent) -> None:
        """Queue an event; it is run as soon as a thread gets to it."""
        self._clock.spawn(lambda: self._attempt(event), "lambda-event")

    def _attempt(self, event: QueuedEvent) -> None:
        try:
            call, config = self._resolve(event)
        except ServiceError:
            # Deleted meanwhile, and its dead-letter queue and destinations with it.
            return
        if self._age_seconds(event) > _max_age_seconds(config):
            self._end(call, config, event, "EventAgeExceeded", None)
            return
        try:
            outcome = self._invoker.run(call).outcome
        except ServiceError:
            self._retry_throttled(event)
            return
        self._after(call, config, replace(event, invoke_count=event.invoke_count + 1), outcome)

    def _after(
        self, call: FunctionCall, config: Mapping[str, Any], event: QueuedEvent, outcome: Outcome
    ) -> None:
        most = config.get("MaximumRetryAttempts", MAX_RETRY_ATTEMPTS)
        if not outcome.is_error:
            self._end(call, config, event, "Success", outcome)
        elif event.invoke_count > most:
            self._end(call, config, event, "RetriesExhausted", outcome)
        else:
            self._retry(event, _FUNCTION_ERROR_DELAYS_SECONDS[event.invoke_count - 1])

    def _retry_throttled(self, event: QueuedEvent) -> None:
        delay = min(_THROTTLE_DELAY_SECONDS * 2**event.throttle_count, _MAX_THROTTLE_DELAY_SECONDS)
        self._retry(replace(event, throttle_count=event.throttle_count + 1), delay)

    def _retry(self, event: QueuedEvent, delay_seconds: float) -> None:
        self._clock.call_later(delay_seconds, lambda: self._attempt(event))

    def _age_seconds(self, event: QueuedEvent) -> float:
        return (self._clock.now() - event.queued_at).total_seconds()

    def _end(
        self,
        call: FunctionCall,
        config: Mapping[str, Any],
        event: QueuedEvent,
        condition: str,
        outcome: Outcome | None,
    ) -> None:
        ending = Ending(call, condition, event.invoke_count, outcome)
        self._destinations.report(ending, config.get("DestinationConfig", {}))


def _max_age_seconds(config: Mapping[str, Any]) -> int:
    return int(config.get("MaximumEventAgeInSeconds", MAX_EVENT_AGE_SECONDS))
