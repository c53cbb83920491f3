"""How API errors are named inside an execution: by the Java SDKs that Step Functions calls with.

Optimised integrations use SDK for Java v1 names, ``aws-sdk`` ones those of v2. Modelled errors
keep their name, all others are the service's base exception: throttling and denied access too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from embedded_aws.stepfunctions.errors import StateFailure

if TYPE_CHECKING:
    from botocore.model import ServiceModel

    from embedded_aws.stepfunctions.documents import Json
    from embedded_aws.stepfunctions.integrations.integration import Attempt

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|\d+")
# Names under which the SDK for Java v1 signs, where they are not Amazon<prefix>.
_V1_SERVICES = {"Lambda": "AWSLambda", "StepFunctions": "AWSStepFunctions"}


def call_api(
    attempt: Attempt,
    client: Any,  # noqa: ANN401  # boto3 clients have no static type
    method: str,
    parameters: dict[str, Json],
    *,
    optimised_as: str = "",
) -> Any:  # noqa: ANN401  # a botocore response
    """Call an API under the rules of an integration.

    Args:
        attempt: Who asks.
        client: A boto3 client.
        method: Its method's name.
        parameters: In the API's own form.
        optimised_as: The service's prefix in error names, such as ``SageMaker``, for an
            optimised integration; empty for ``aws-sdk``.

    Raises:
        StateFailure: the service refused or failed.
    """
    try:
        return getattr(client, method)(**parameters)
    except ParamValidationError as invalid:
        raise attempt.refuse([str(invalid)]) from invalid
    except ClientError as refused:
        raise api_failure(refused, client.meta.service_model, optimised_as) from refused
    except BotoCoreError as unreachable:
        prefix = optimised_as or java_prefix(client.meta.service_model)
        cause = f"Unable to execute HTTP request: {unreachable}"
        raise StateFailure(f"{prefix}.SdkClientException", cause) from unreachable


def api_failure(error: ClientError, model: ServiceModel, optimised_as: str) -> StateFailure:
    """The failure that an execution sees for an API error."""
    answer = error.response
    code, message = answer["Error"].get("Code", ""), answer["Error"].get("Message", "")
    status = answer["ResponseMetadata"].get("HTTPStatusCode", 500)
    request_id = answer["ResponseMetadata"].get("RequestId", "")
    name = java_exception(model, code)
    if optimised_as:
        service = _V1_SERVICES.get(optimised_as, f"Amazon{optimised_as}")
        cause = (
            f"{message} (Service: {service}; Status Code: {status}; Error Code: {code};"
            f" Request ID: {request_id}; Proxy: null)"
        )
        return StateFailure(f"{optimised_as}.{name or f'{service}Exception'}", cause)
    prefix = java_prefix(model)
    cause = (
        f"{message} (Service: {prefix}, Status Code: {status}, Request ID: {request_id})"
        " (SDK Attempt Count: 1)"
    )
    return StateFailure(f"{prefix}.{name or f'{prefix}Exception'}", cause)


def java_prefix(model: ServiceModel) -> str:
    """The SDK for Java v2's name of a service: ``DynamoDb``, ``Sfn``, ``SageMaker``."""
    return "".join(word.capitalize() for word in _WORDS.findall(str(model.service_id)))


def java_exception(model: ServiceModel, code: str) -> str | None:
    """The SDK for Java's exception for an error code; None if the service models no such error."""
    shape = model.shape_for_error_code(code)
    if shape is None:
        return None
    name = str(shape.name).removesuffix("Fault")
    return name if name.endswith("Exception") else f"{name}Exception"
