"""Attempts to deliver something: in order, again after a fault, and where it ends if all fail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.clock import Clock
from embedded_aws.outbox import Outbox

_LOG = logging.getLogger(__name__)
_FIRST_DELAY_SECONDS = 1
_MAX_DELAY_SECONDS = 600
# Services answer a throttled call with 400, 403, 429 or 503.
_THROTTLES = ("Throttl", "TooManyRequests", "SlowDown", "RequestLimitExceeded")
_SERVER_FAULT = 500
_LARGEST_EXPONENT = 16


@dataclass(frozen=True)
class RetryPolicy:
    """How often and for how long a delivery is retried."""

    max_attempts: int
    max_age_seconds: int


@dataclass(frozen=True)
class Failure:
    """Why a delivery came to nothing.

    Attributes:
        exhausted: The condition of the retry policy that ended it; None for an error that is
            not retried.
    """

    code: str
    message: str
    retry_attempts: int = 0
    exhausted: str | None = None


class Undeliverable(Exception):  # it is said of the delivery
    """A delivery that cannot be made at all, so that no retry would help."""


@dataclass(frozen=True)
class Delivery:
    """One thing to be delivered.

    Attributes:
        send: Makes one attempt; raises botocore's errors or ``Undeliverable``.
        bury: Is told of a delivery that failed for good.
    """

    name: str
    send: Callable[[], None]
    bury: Callable[[Failure], None]
    policy: RetryPolicy
    created_at: datetime
    attempt: int = 1


def is_retryable(failed: ClientError) -> bool:
    """Whether another attempt may succeed: the service was at fault, or busy."""
    code = failed.response["Error"]["Code"]
    status: int = failed.response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= _SERVER_FAULT or any(word in code for word in _THROTTLES)


class Courier:
    """Makes deliveries one after the other, in the order that they were posted.

    Retries do not pull the clock: they may go on for a day, for which nobody waits.
    """

    def __init__(self, clock: Clock, name: str) -> None:
        self._clock = clock
        self._outbox = Outbox[Delivery](clock, name, self._deliver)

    def post(self, delivery: Delivery) -> None:
        """Make a delivery soon."""
        self._outbox.post(delivery)

    def _deliver(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            failure = _attempt(delivery)
            if failure is not None:
                self._after(delivery, *failure)

    def _after(self, delivery: Delivery, failure: Failure, may_succeed: bool) -> None:  # noqa: FBT001
        exponent = min(delivery.attempt - 1, _LARGEST_EXPONENT)
        delay = min(_FIRST_DELAY_SECONDS * 2**exponent, _MAX_DELAY_SECONDS)
        retry_at = self._clock.now() + timedelta(seconds=delay)
        expires_at = delivery.created_at + timedelta(seconds=delivery.policy.max_age_seconds)
        exhausted = None
        if may_succeed and delivery.attempt > delivery.policy.max_attempts:
            exhausted = "MaximumRetryAttempts"
        elif may_succeed and retry_at > expires_at:
            exhausted = "MaximumEventAgeInSeconds"
        elif may_succeed:
            again = replace(delivery, attempt=delivery.attempt + 1)
            self._clock.call_at(retry_at, lambda: self.post(again))
            return
        self._bury(delivery, failure, exhausted)

    def _bury(self, delivery: Delivery, failure: Failure, exhausted: str | None) -> None:
        _LOG.warning("%s: %s %s", delivery.name, failure.code, failure.message)
        last = Failure(failure.code, failure.message, delivery.attempt - 1, exhausted)
        try:
            delivery.bury(last)
        except (BotoCoreError, ClientError) as refused:
            # AWS only counts what cannot be buried.
            _LOG.warning("%s cannot be buried: %s", delivery.name, refused)


def _attempt(delivery: Delivery) -> tuple[Failure, bool] | None:
    try:
        delivery.send()
    except ClientError as failed:
        error = failed.response["Error"]
        return Failure(error["Code"], error.get("Message", "")), is_retryable(failed)
    except (BotoCoreError, Undeliverable) as failed:
        return Failure("SDK_CLIENT_ERROR", str(failed)), False
    return None
