"""How AWS words a refusal, and by which error, which depends on the service's protocol."""

from __future__ import annotations

from embedded_aws.gateway.protocol import service_model
from embedded_aws.gateway.service import ServiceError
from embedded_aws.iam.evaluation import Ask, Decision, PolicyType

_JSON = frozenset({"json", "rest-json"})
_FORBIDDEN = 403
_ARTICLES = {
    PolicyType.IDENTITY: "an",
    PolicyType.BOUNDARY: "a",
    PolicyType.SESSION: "a",
    PolicyType.RESOURCE: "a",
    PolicyType.TRUST: "a",
}


def denied(service: str, ask: Ask, decision: Decision) -> ServiceError:
    """The error of a call that may not be (IAM user guide, "Troubleshoot access denied error
    messages"); which statement denied it, AWS does not tell.
    """  # noqa: D205  # one sentence
    resource = f'"{ask.resource}"' if service == "s3" else ask.resource
    message = (
        f"User: {ask.caller.arn} is not authorized to perform: {ask.action} "
        f"on resource: {resource} {_because(ask.action, decision)}"
    )
    return _refusal(service, message)


def roles_are_not_for_root(service: str) -> ServiceError:
    """STS refuses the account's root user every role."""
    return _refusal(service, "Roles may not be assumed by root accounts.")


def unknown_key(service: str) -> ServiceError:
    """The error of a key that is no more (Common errors, in each API reference)."""
    if service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return ServiceError("InvalidAccessKeyId", message, status=_FORBIDDEN)
    message = "The security token included in the request is invalid."
    if _speaks_json(service):
        return ServiceError("UnrecognizedClientException", message, status=_json_status(service))
    return ServiceError("InvalidClientTokenId", message, status=_FORBIDDEN)


def expired_key(service: str) -> ServiceError:
    """The error of a session's key after its end."""
    if service == "s3":
        return ServiceError("ExpiredToken", "The provided token has expired.")
    message = "The security token included in the request is expired"
    if _speaks_json(service):
        return ServiceError("ExpiredTokenException", message, status=_json_status(service))
    return ServiceError("ExpiredToken", message, status=_FORBIDDEN)


def _because(action: str, decision: Decision) -> str:
    kind = decision.policy_type or PolicyType.IDENTITY
    if decision.is_explicit:
        return f"with an explicit deny in {_ARTICLES[kind]} {kind}"
    return f"because no {kind} allows the {action} action"


def _refusal(service: str, message: str) -> ServiceError:
    if service == "sns":
        return ServiceError("AuthorizationError", message, status=_FORBIDDEN)
    if _speaks_json(service) and service != "sqs":
        return ServiceError("AccessDeniedException", message, status=_json_status(service))
    return ServiceError("AccessDenied", message, status=_FORBIDDEN)


def _speaks_json(service: str) -> bool:
    return service_model(service).metadata["protocol"] in _JSON


def _json_status(service: str) -> int:
    # JSON 1.x services answer 400; REST services let the status speak.
    return _FORBIDDEN if service_model(service).metadata["protocol"] == "rest-json" else 400
