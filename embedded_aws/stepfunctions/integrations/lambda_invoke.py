"""Lambda functions as tasks: ``arn:aws:states:::lambda:invoke``, or a function's own ARN."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.protocol import service_model
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import StateFailure
from embedded_aws.stepfunctions.integrations import java_shapes, members
from embedded_aws.stepfunctions.integrations.events import LambdaFunctionEvents, ServiceTaskEvents
from embedded_aws.stepfunctions.integrations.optimised import response_metadata
from embedded_aws.stepfunctions.integrations.service_errors import call_api

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.integrations.integration import Attempt

_NO_ERROR_TYPE = "The cause could not be determined because Lambda did not return an error type."


class LambdaInvoke:
    """The optimised integration: the result holds the payload and the response's metadata."""

    events = ServiceTaskEvents("lambda", "invoke")
    payload_name = "lambda"
    hands_out_token = False

    def problems(self, arguments: Json) -> list[str]:
        """Fields that Invoke does not have."""
        shape = service_model("lambda").operation_model("Invoke").input_shape
        if isinstance(arguments, dict):
            # To the API the payload is a blob; here it is any JSON.
            free = {"Payload", "Payload.$"}
            arguments = {name: value for name, value in arguments.items() if name not in free}
        return members.problems(shape, arguments)

    def perform(self, attempt: Attempt) -> Json:
        """Invoke the function and unpack its payload."""
        return attempt.run(lambda: _invoke(attempt, dict(attempt.parameters)))


class LambdaFunction:
    """A function ARN as Resource: the arguments are the payload, the payload is the result."""

    hands_out_token = False

    def __init__(self, function_arn: str) -> None:
        self.events = LambdaFunctionEvents(function_arn)
        self.payload_name = function_arn
        self._function_arn = function_arn

    def problems(self, arguments: Json) -> list[str]:  # noqa: ARG002
        """Any JSON will do."""
        return []

    def perform(self, attempt: Attempt) -> Json:
        """Invoke the function."""
        request = {"FunctionName": self._function_arn, "Payload": attempt.parameters}
        return attempt.run(lambda: _invoke(attempt, request))["Payload"]


def _invoke(attempt: Attempt, request: dict[str, Json]) -> Json:
    parameters = {name: value for name, value in request.items() if name != "Payload"}
    if "Payload" in request:
        parameters["Payload"] = dumps(request["Payload"]).encode()
    client = attempt.client("lambda")
    answer = call_api(attempt, client, "invoke", parameters, optimised_as="Lambda")
    payload = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise function_failure(payload)
    return _result(answer, payload)


def function_failure(payload: str) -> StateFailure:
    """The failure for a function that raised: its error's type is the error's name."""
    try:
        error_type = json.loads(payload)["errorType"]
    except (ValueError, KeyError, TypeError):
        return StateFailure("Lambda.Unknown", f"{_NO_ERROR_TYPE} Returned payload: {payload}")
    return StateFailure(error_type, payload)


def _result(answer: dict[str, Any], payload: str) -> Json:
    return {
        **({"ExecutedVersion": answer["ExecutedVersion"]} if "ExecutedVersion" in answer else {}),
        "Payload": java_shapes.json_or_text(payload) if payload else None,
        **response_metadata(answer["ResponseMetadata"]),
        "StatusCode": answer["StatusCode"],
    }
