"""An outage is whatever is worth to be tried again, and nothing that means something."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
    ReadTimeoutError,
)
from botocore.retries.standard import (
    ThrottledRetryableChecker,
    ThrottlingStatusCodeChecker,
    TransientRetryableChecker,
)

from lineage.errors import LineageUnavailable
from lineage.outages import outages_named

RETRIED_CODES = (
    *ThrottledRetryableChecker._THROTTLED_ERROR_CODES,
    *TransientRetryableChecker._TRANSIENT_ERROR_CODES,
)
RETRIED_STATUSES = (
    *ThrottlingStatusCodeChecker._THROTTLING_STATUS_CODES,
    *TransientRetryableChecker._TRANSIENT_STATUS_CODES,
)


def a_refusal(code: str, status: int = 400) -> ClientError:
    told = {"Error": {"Code": code, "Message": "No."}}
    return ClientError({**told, "ResponseMetadata": {"HTTPStatusCode": status}}, "AddAssociation")


def silences() -> Iterable[Exception]:
    url = "https://api.sagemaker.us-east-1.amazonaws.com"
    for error in (ReadTimeoutError, ConnectTimeoutError, ConnectionClosedError):
        yield error(endpoint_url=url)
    yield EndpointConnectionError(endpoint_url=url)
    yield IncompleteReadError(actual_bytes=1, expected_bytes=2)


@pytest.mark.parametrize(
    "outage",
    [
        *(a_refusal(code) for code in RETRIED_CODES),
        *(a_refusal("Unknown", status) for status in RETRIED_STATUSES),
        *(a_refusal(code, 409) for code in ("ConditionalRequestConflict", "ConflictException")),
        *silences(),
    ],
    ids=str,
)
def test_what_is_worth_to_be_tried_again_is_an_outage(outage: Exception) -> None:
    with pytest.raises(LineageUnavailable, match="Nothing is lost"), outages_named():
        raise outage


@pytest.mark.parametrize(
    "code",
    ["ValidationException", "AccessDeniedException", "ResourceNotFound", "ResourceLimitExceeded"],
)
def test_what_is_refused_on_purpose_stays_what_it_is(code: str) -> None:
    refusal = a_refusal(code)
    with pytest.raises(ClientError) as raised, outages_named():
        raise refusal
    assert raised.value is refusal


def test_a_refusal_without_a_status_is_no_outage() -> None:
    """As code that raises one by itself would make it."""
    bare = ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
    with pytest.raises(ClientError, match="NoSuchKey"), outages_named():
        raise bare
