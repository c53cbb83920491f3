"""Attempts to deliver something: again after a fault, and where it ends if all of them fail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError  # noqa: A004

from embedded_aws.clock import Clock
from embedded_aws.outbox import Outbox

_LOG = logging.getLogger(__name__)
_FIRST_DELAY_SECONDS = 1
_MAX_DELAY_SECONDS = 600
# Services answer a throttled call with 400, 403, 429 or 503.
_THROTTLES = ("Throttl", "TooManyRequests", "SlowDown", "RequestLimitExceeded")
_SERVER_FAULT = 500
_LARGEST_EXPONENT = 16
# Botocore's errors for a request or an answer that got lost on its way.
_LOST = (HTTPClientError, ConnectionError)


@dataclass(frozen=True)
class RetryPolicy:
    """How often and for how long a delivery is retried."""

    max_attempts: int
    max_age_seconds: int


BRIEFLY = RetryPolicy(max_attempts=2, max_age_seconds=3600)
"""Three attempts, as the SDKs make: for what AWS documents no policy of its own for."""


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

    def __init__(self, message: str, code: str = "SDK_CLIENT_ERROR") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Delivery:
    """One thing to be delivered.

    Attributes:
        send: Makes the attempt of a number, from 1; raises botocore's errors or
            ``Undeliverable``.
        bury: Is told of a delivery that failed for good.
    """

    name: str
    send: Callable[[int], None]
    bury: Callable[[Failure], None]
    policy: RetryPolicy
    created_at: datetime
    attempt: int = 1


def is_retryable(failed: ClientError | BotoCoreError) -> bool:
    """Whether another attempt may succeed: the service was at fault, busy, or not heard of."""
    if not isinstance(failed, ClientError):
        return isinstance(failed, _LOST)
    code = failed.response["Error"]["Code"]
    status: int = failed.response["ResponseMetadata"]["HTTPStatusCode"]
    return status >= _SERVER_FAULT or any(word in code for word in _THROTTLES)


def delay_seconds(attempt: int) -> int:
    """How long to wait after the attempt of a number, from 1: twice as long each time."""
    doubled: int = _FIRST_DELAY_SECONDS * 2 ** min(attempt - 1, _LARGEST_EXPONENT)
    return min(doubled, _MAX_DELAY_SECONDS)


def deliver(delivery: Delivery, clock: Clock, again: Callable[[Delivery], None]) -> None:
    """Make one attempt; have ``again`` make the next one, or bury what has failed for good.

    Retries do not pull the clock: they may go on for a day, for which nobody waits.
    """
    try:
        delivery.send(delivery.attempt)
    except ClientError as failed:
        error = failed.response["Error"]
        failure = Failure(error["Code"], error.get("Message", ""), delivery.attempt - 1)
        may_succeed = is_retryable(failed)
    except BotoCoreError as failed:
        failure = Failure("SDK_CLIENT_ERROR", str(failed), delivery.attempt - 1)
        may_succeed = is_retryable(failed)
    except Undeliverable as failed:
        failure = Failure(failed.code, str(failed), delivery.attempt - 1)
        may_succeed = False
    else:
        return
    retry_at = clock.now() + timedelta(seconds=delay_seconds(delivery.attempt))
    exhausted = _exhausted(delivery, retry_at) if may_succeed else None
    if may_succeed and exhausted is None:
        retry = replace(delivery, attempt=delivery.attempt + 1)
        clock.call_at(retry_at, lambda: again(retry), name=delivery.name)
    else:
        _bury(delivery, replace(failure, exhausted=exhausted))


def _exhausted(delivery: Delivery, retry_at: datetime) -> str | None:
    policy = delivery.policy
    if delivery.attempt > policy.max_attempts:
        return "MaximumRetryAttempts"
    if retry_at > delivery.created_at + timedelta(seconds=policy.max_age_seconds):
        return "MaximumEventAgeInSeconds"
    return None


def _bury(delivery: Delivery, failure: Failure) -> None:
    _LOG.warning("%s: %s %s", delivery.name, failure.code, failure.message)
    try:
        delivery.bury(failure)
    except (BotoCoreError, ClientError) as refused:
        # AWS only counts what cannot be buried.
        _LOG.warning("%s cannot be buried: %s", delivery.name, refused)


class Courier:
    """Makes deliveries one after the other, in the order that they were posted."""

    def __init__(self, clock: Clock, name: str) -> None:
        self._clock = clock
        self._outbox = Outbox[Delivery](clock, name, self._deliver)

    def post(self, delivery: Delivery) -> None:
        """Make a delivery soon."""
        self._outbox.post(delivery)

    def _deliver(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            deliver(delivery, self._clock, self.post)
