from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from embedded_aws.instance import Instance

Make = Callable[..., Any]
MISSING_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:missing"
INVOKE = "arn:aws:scheduler:::aws-sdk:lambda:invoke"


@pytest.fixture(scope="module")
def throttled(function: Make) -> str:
    """A function whose every invocation is throttled, until its concurrency is given back."""
    function("throttled", "def handler(event, context): return event")
    return "throttled"


@pytest.fixture
def due(aws: Instance) -> datetime:
    """A whole second, some minutes ahead."""
    return aws.environment.clock.now().replace(microsecond=0) + timedelta(minutes=5)


@pytest.fixture
def call_throttled(
    client: Make, schedule: Make, throttled: str, due: datetime, queue_arn: str
) -> Make:
    """Schedule a synchronous invocation of the throttled function under a retry policy."""
    client("lambda").put_function_concurrency(
        FunctionName=throttled, ReservedConcurrentExecutions=0
    )

    def call(**retry_policy: int) -> None:
        target = {
            "Input": json.dumps({"FunctionName": throttled}),
            "RetryPolicy": retry_policy,
            "DeadLetterConfig": {"Arn": queue_arn},
        }
        schedule(f"at({due:%Y-%m-%dT%H:%M:%S})", INVOKE, Target=target)

    return call


def attributes(message: dict[str, Any]) -> dict[str, str]:
    found = message["MessageAttributes"]
    return {name: attribute["StringValue"] for name, attribute in found.items()}


def test_an_error_that_will_not_pass_goes_to_the_dead_letter_queue_at_once(
    aws: Instance, schedule: Make, due: datetime, queue_arn: str, messages: Make
) -> None:
    name = schedule(
        f"at({due:%Y-%m-%dT%H:%M:%S})",
        MISSING_FUNCTION,
        Target={"Input": '{"a": 1}', "DeadLetterConfig": {"Arn": queue_arn}},
    )
    aws.environment.clock.advance_to(due)
    (message,) = messages(queue_arn)
    found = attributes(message)
    assert len(found.pop("EXECUTION_ID")) == 16
    assert found == {
        "ERROR_CODE": "ResourceNotFoundException",
        "ERROR_MESSAGE": f"Function not found: {MISSING_FUNCTION}",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "0",
        "SCHEDULED_TIME": f"{due:%Y-%m-%dT%H:%M:%SZ}",
        "SCHEDULE_ARN": f"arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}",
        "TARGET_ARN": MISSING_FUNCTION,
    }
    assert json.loads(message["Body"])["Payload"] == '{"a": 1}'


def test_without_a_dead_letter_queue_a_failed_occurrence_is_dropped_and_the_next_one_fires(
    aws: Instance, schedule: Make, queue_arn: str, bodies: Make, due: datetime
) -> None:
    schedule(f"at({due:%Y-%m-%dT%H:%M:%S})", MISSING_FUNCTION)
    schedule(f"at({due:%Y-%m-%dT%H:%M:%S})", queue_arn, Target={"Input": "other"})
    aws.environment.clock.advance_to(due)
    assert bodies(queue_arn) == ["other"]


def test_throttling_is_retried_until_the_attempts_are_used_up(
    aws: Instance, call_throttled: Make, due: datetime, queue_arn: str, messages: Make
) -> None:
    call_throttled(MaximumRetryAttempts=3)
    aws.environment.clock.advance_to(due + timedelta(hours=1))
    found = attributes(messages(queue_arn)[0])
    assert found["RETRY_ATTEMPTS"] == "3"
    assert found["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    assert found["ERROR_CODE"] == "TooManyRequestsException"


def test_throttling_is_retried_until_the_event_is_too_old(
    aws: Instance, call_throttled: Make, due: datetime, queue_arn: str, messages: Make
) -> None:
    """Doubling from one second, the attempts are at 0, 1, 3, 7, 15, 31 and then past 60."""
    call_throttled(MaximumEventAgeInSeconds=60)
    aws.environment.clock.advance_to(due + timedelta(hours=1))
    found = attributes(messages(queue_arn)[0])
    assert found["RETRY_ATTEMPTS"] == "5"
    assert found["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_no_retry_attempts_means_one_attempt(
    aws: Instance, call_throttled: Make, due: datetime, queue_arn: str, messages: Make
) -> None:
    call_throttled(MaximumRetryAttempts=0)
    aws.environment.clock.advance_to(due)
    assert attributes(messages(queue_arn)[0])["RETRY_ATTEMPTS"] == "0"


def test_retries_wait_for_the_clock(
    aws: Instance, call_throttled: Make, due: datetime, queue_arn: str, messages: Make
) -> None:
    """They do not pull it, so a schedule that always fails cannot drive time forward."""
    call_throttled(MaximumRetryAttempts=12)
    aws.environment.clock.advance_to(due)
    assert aws.environment.clock.now() < due + timedelta(minutes=1)
    assert messages(queue_arn) == []


def test_a_target_that_recovers_is_reached_by_a_retry(
    aws: Instance,
    call_throttled: Make,
    client: Make,
    due: datetime,
    queue_arn: str,
    messages: Make,
) -> None:
    call_throttled(MaximumRetryAttempts=20)
    aws.environment.clock.advance_to(due + timedelta(seconds=2))
    client("lambda").delete_function_concurrency(FunctionName="throttled")
    aws.environment.clock.advance_to(due + timedelta(hours=3))
    assert messages(queue_arn) == []
