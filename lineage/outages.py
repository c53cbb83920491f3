"""Outages of AWS that outlast its clients' retries, told apart from what AWS refuses on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004  # botocore's own
    HTTPClientError,
    IncompleteReadError,
)

from lineage.errors import LineageUnavailable

# What botocore tries again (boto3 guide, "Retries").
_THROTTLING = {
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
_TRANSIENT = {"RequestTimeout", "RequestTimeoutException"}
# Another write was under way: S3's and SageMaker's answers to that are not retried by botocore.
_CONFLICTS = {"ConditionalRequestConflict", "ConflictException", "OperationAborted"}
_STATUSES = {429, 500, 502, 503, 504}
_SILENCE = (ConnectionError, HTTPClientError, IncompleteReadError)

UNANSWERED = (ClientError, LineageUnavailable, *_SILENCE)
"""However AWS refuses a call, fails it or is silent: for what an answer can do without."""


@contextmanager
def outages_named() -> Iterator[None]:
    """Raise every outage under one name, which Step Functions retries.

    Whatever was written by then is there; a repeated recording goes on from it.

    Raises:
        LineageUnavailable: AWS throttled a call, failed it, did not answer it, or had no end of
            other writes of the same.
    """
    try:
        yield
    except ClientError as refused:
        if not _is_outage(refused):
            raise
        raise _unavailable(str(refused)) from refused
    except _SILENCE as silent:
        raise _unavailable(str(silent)) from silent


def _is_outage(refused: ClientError) -> bool:
    code = refused.response["Error"]["Code"]
    status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return code in _THROTTLING | _TRANSIENT | _CONFLICTS or status in _STATUSES


def _unavailable(told: str) -> LineageUnavailable:
    return LineageUnavailable(
        f"{told} AWS's clients gave up on it. Nothing is lost: do the same again later, which goes"
        " on where this ended."
    )
