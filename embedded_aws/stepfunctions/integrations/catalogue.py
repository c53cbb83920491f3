"""Which Resource stands for which integration."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from embedded_aws.stepfunctions.integrations import callback
from embedded_aws.stepfunctions.integrations.callback import ServiceIntegration, WaitForTaskToken
from embedded_aws.stepfunctions.integrations.integration import Integration
from embedded_aws.stepfunctions.integrations.lambda_invoke import LambdaFunction, LambdaInvoke
from embedded_aws.stepfunctions.integrations.optimised import OptimisedCall, PutEvents
from embedded_aws.stepfunctions.integrations.sagemaker import (
    JOBS,
    REQUEST_RESPONSE,
    SageMakerCall,
    SageMakerJob,
)
from embedded_aws.stepfunctions.integrations.sdk import SdkIntegration

_FUNCTION_ARN = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
_ACTIVITY_ARN = re.compile(r"arn:aws:states:[a-z0-9-]+:\d{12}:activity:.+")
_SERVICE_ARN = re.compile(r"arn:aws:states:::(?P<task>[\w:-]+?)(?P<pattern>\.[\w:]+)?")

# Developer Guide, "Integrating services": those that may also wait for a token.
CALLABLE_BACK: Mapping[tuple[str, str], Callable[[], ServiceIntegration]] = {
    ("lambda", "invoke"): LambdaInvoke,
    ("sqs", "sendMessage"): lambda: OptimisedCall("sqs", "sendMessage", "SQS"),
    ("sns", "publish"): lambda: OptimisedCall("sns", "publish", "SNS"),
    ("events", "putEvents"): PutEvents,
}
_LACKING = {
    "states": "nested executions (states:startExecution)",
    "http": "HTTP tasks (http:invoke)",
}


class UnsupportedResourceError(ValueError):
    """A Resource that stands for nothing here."""


def integration_for(resource: str) -> Integration:
    """The integration that a Task's Resource names.

    Raises:
        UnsupportedResourceError: AWS has none by this name, or the embedded AWS lacks it.
    """
    if _FUNCTION_ARN.fullmatch(resource):
        return LambdaFunction(resource)
    if _ACTIVITY_ARN.fullmatch(resource):
        raise UnsupportedResourceError(_lacking("activities", resource))
    named = _SERVICE_ARN.fullmatch(resource)
    if named is None:
        raise UnsupportedResourceError(_unrecognized(resource))
    service, _, action = named["task"].rpartition(":")
    if service in _LACKING:
        raise UnsupportedResourceError(_lacking(_LACKING[service], resource))
    found = _found(service, action, named["pattern"] or "")
    if found is None:
        raise UnsupportedResourceError(_unrecognized(resource))
    return found


def _found(service: str, action: str, pattern: str) -> Integration | None:
    if service == "sagemaker":
        return _sagemaker(action, pattern)
    call = _call(service, action)
    if call is None or not pattern:
        return call
    return WaitForTaskToken(call) if pattern == callback.PATTERN else None


def _sagemaker(action: str, pattern: str) -> Integration | None:
    if pattern == ".sync" and action in JOBS:
        return SageMakerJob(action)
    return SageMakerCall(action) if not pattern and action in REQUEST_RESPONSE else None


def _call(service: str, action: str) -> ServiceIntegration | None:
    if (service, action) in CALLABLE_BACK:
        return CALLABLE_BACK[service, action]()
    if not service.startswith("aws-sdk:"):
        return None
    try:
        return SdkIntegration(service.removeprefix("aws-sdk:"), action)
    except LookupError:
        return None


def _lacking(what: str, resource: str) -> str:
    return f"The embedded AWS does not support {what}: {resource}"


def _unrecognized(resource: str) -> str:
    return (
        f"The resource provided {resource} is not recognized. The value is not a valid resource"
        " ARN, or the resource is not available in this region."
    )
