"""Which errors an operation can answer with: those of its model, and those common to all."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.model import OperationModel

# The "Common Errors" page of the API references, and S3's "Error responses"; the codes of the
# query and REST-XML protocols are those without "Exception".
_COMMON: Mapping[str, int] = {
    "AccessDenied": 403,
    "AccessDeniedException": 400,
    "ExpiredToken": 403,
    "ExpiredTokenException": 400,
    "InternalError": 500,
    "InternalFailure": 500,
    "InvalidClientTokenId": 403,
    "RequestExpired": 400,
    "RequestLimitExceeded": 503,
    "RequestTimeout": 400,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
    "Throttling": 400,
    "ThrottlingException": 400,
    "UnrecognizedClientException": 400,
    "ValidationError": 400,
    "ValidationException": 400,
}


def statuses(operation: OperationModel) -> dict[str, int]:
    """The HTTP status of every error that an operation can answer with, by its code."""
    return {
        **_COMMON,
        **{
            name: shape.metadata.get("error", {}).get("httpStatusCode", HTTPStatus.BAD_REQUEST)
            for shape in operation.error_shapes
            for name in (shape.name, shape.error_code)
        },
    }
