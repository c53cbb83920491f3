"""Which errors another attempt may get past."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoRegionError,
    ReadTimeoutError,
)

from embedded_aws.delivery.attempts import is_retryable


@pytest.mark.parametrize(
    ("code", "status", "may_succeed"),
    [
        ("ThrottlingException", 400, True),
        ("TooManyRequestsException", 429, True),
        ("SlowDown", 503, True),
        ("InternalFailure", 500, True),
        ("ResourceNotFoundException", 404, False),
        ("AccessDeniedException", 403, False),
        ("ValidationException", 400, False),
    ],
)
def test_throttling_and_faults_of_the_service_are_retried(
    code: str, status: int, *, may_succeed: bool
) -> None:
    error = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert is_retryable(ClientError(error, "Invoke")) is may_succeed


@pytest.mark.parametrize(
    ("failed", "may_succeed"),
    [
        (ConnectionClosedError(endpoint_url="http://localhost"), True),
        (EndpointConnectionError(endpoint_url="http://localhost"), True),
        (ReadTimeoutError(endpoint_url="http://localhost"), True),
        (NoRegionError(), False),
    ],
)
def test_dropped_connections_and_timeouts_are_retried(
    failed: BotoCoreError, *, may_succeed: bool
) -> None:
    assert is_retryable(failed) is may_succeed
