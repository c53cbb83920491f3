"""Which Resource stands for which integration."""

from __future__ import annotations

import re

from embedded_aws.stepfunctions.integrations.integration import Integration
from embedded_aws.stepfunctions.integrations.lambda_invoke import LambdaFunction, LambdaInvoke
from embedded_aws.stepfunctions.integrations.sagemaker import (
    JOBS,
    REQUEST_RESPONSE,
    SageMakerCall,
    SageMakerJob,
)
from embedded_aws.stepfunctions.integrations.sdk import SdkIntegration

_FUNCTION_ARN = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
_SERVICE_ARN = re.compile(r"arn:aws:states:::(?P<task>[\w:-]+?)(?P<pattern>\.[\w:]+)?")


class UnsupportedResourceError(ValueError):
    """A Resource that stands for nothing here."""


def integration_for(resource: str) -> Integration:
    """The integration that a Task's Resource names.

    Raises:
        UnsupportedResourceError: AWS has none by this name, or the embedded AWS lacks it.
    """
    if _FUNCTION_ARN.fullmatch(resource):
        return LambdaFunction(resource)
    named = _SERVICE_ARN.fullmatch(resource)
    if named is None:
        raise UnsupportedResourceError(_unrecognized(resource))
    service, _, action = named["task"].rpartition(":")
    pattern = named["pattern"] or ""
    found = _optimised(service, action, pattern) or _sdk(service, action, pattern)
    if found is None:
        raise UnsupportedResourceError(_unrecognized(resource))
    return found


def _optimised(service: str, action: str, pattern: str) -> Integration | None:
    if (service, action, pattern) == ("lambda", "invoke", ""):
        return LambdaInvoke()
    if service == "sagemaker" and pattern == ".sync" and action in JOBS:
        return SageMakerJob(action)
    if service == "sagemaker" and not pattern and action in REQUEST_RESPONSE:
        return SageMakerCall(action)
    return None


def _sdk(service: str, action: str, pattern: str) -> Integration | None:
    if not service.startswith("aws-sdk:") or pattern:
        return None
    try:
        return SdkIntegration(service.removeprefix("aws-sdk:"), action)
    except LookupError:
        return None


def _unrecognized(resource: str) -> str:
    return (
        f"The resource provided {resource} is not recognized. The value is not a valid resource"
        " ARN, or the resource is not available in this region."
    )
