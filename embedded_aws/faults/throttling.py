"""How each service says that it is asked too often."""

from __future__ import annotations

from collections.abc import Mapping

from embedded_aws.faults.effects import Refusal
from embedded_aws.gateway.protocol import service_model

_MESSAGE = "Rate exceeded"
# "Common Errors" of the API references, S3's "Error responses", and the errors in the models.
_BY_PROTOCOL: Mapping[str, tuple[str, int]] = {
    "json": ("ThrottlingException", 400),
    "rest-json": ("ThrottlingException", 429),
    "query": ("Throttling", 400),
    "rest-xml": ("Throttling", 400),
}
_DEFAULT = ("ThrottlingException", 400)
_BY_SERVICE: Mapping[str, Refusal] = {
    "s3": Refusal("SlowDown", "Please reduce your request rate.", 503),
    "lambda": Refusal(
        "TooManyRequestsException",
        "Rate Exceeded.",
        429,
        {"Reason": "CallerRateLimitExceeded", "Type": "User"},
    ),
    "sns": Refusal("Throttled", _MESSAGE, 429),
    "sqs": Refusal("RequestThrottled", _MESSAGE, 403),
    "cloudwatch": Refusal("Throttling", _MESSAGE, 400),
    "ec2": Refusal("RequestLimitExceeded", "Request limit exceeded.", 503),
}


def throttle(service: str) -> Refusal:
    """A service's refusal of a call too many; every SDK takes it for a reason to try again."""
    if service in _BY_SERVICE:
        return _BY_SERVICE[service]
    code, status = _BY_PROTOCOL.get(service_model(service).protocol, _DEFAULT)
    return Refusal(code, _MESSAGE, status)
