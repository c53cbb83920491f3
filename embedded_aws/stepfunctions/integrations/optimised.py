"""Optimised integrations that send a request and return the response: SQS, SNS, EventBridge.

Shapes of results and names of errors: recordings from AWS in LocalStack's test_sqs_task_service,
test_sns_task_service and test_events_task_service.
"""

from __future__ import annotations

from typing import Any

from botocore import xform_name

from embedded_aws.gateway.protocol import service_model
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import StateFailure
from embedded_aws.stepfunctions.integrations import java_shapes, members
from embedded_aws.stepfunctions.integrations.events import ServiceTaskEvents
from embedded_aws.stepfunctions.integrations.integration import Attempt
from embedded_aws.stepfunctions.integrations.service_errors import call_api


class OptimisedCall:
    """Calls one API; an object where the API wants text is sent as its JSON text.

    Attributes:
        prefix: The service in names of errors, such as ``SQS``.
    """

    hands_out_token = False

    def __init__(self, service: str, action: str, prefix: str) -> None:
        self.events = ServiceTaskEvents(service, action)
        self.payload_name = service
        self._service = service
        self._prefix = prefix
        self._operation = service_model(service).operation_model(java_shapes.pascal_case(action))

    def problems(self, arguments: Json) -> list[str]:
        """Fields that the integration does not accept."""
        return members.problems(self._operation.input_shape, arguments)

    def perform(self, attempt: Attempt) -> Json:
        """Call the API."""
        return attempt.run(lambda: self._result(attempt, self._send(attempt, attempt.parameters)))

    def _send(self, attempt: Attempt, parameters: Json) -> Any:  # noqa: ANN401  # a botocore response
        request = java_shapes.to_api(self._operation.input_shape, parameters)
        method = xform_name(self._operation.name)
        client = attempt.client(self._service)
        return call_api(attempt, client, method, request, optimised_as=self._prefix)

    def _result(self, attempt: Attempt, answer: Any) -> Json:  # noqa: ANN401, ARG002
        return {**self._shaped(answer), **response_metadata(answer["ResponseMetadata"])}

    def _shaped(self, answer: Any) -> dict[str, Json]:  # noqa: ANN401
        shape = self._operation.output_shape
        return dict(java_shapes.from_api(shape, answer, java_shapes.iso_text) or {})


class PutEvents(OptimisedCall):
    """``events:putEvents``: names its execution in every event, and fails if one is refused."""

    def __init__(self) -> None:
        super().__init__("events", "putEvents", "EventBridge")

    def _send(self, attempt: Attempt, parameters: Json) -> Any:  # noqa: ANN401
        origin = [attempt.state_machine_arn, attempt.execution_arn]
        entries = [
            {**entry, "Resources": [*entry.get("Resources", []), *origin]}
            for entry in parameters.get("Entries", [])
        ]
        return super()._send(attempt, {**parameters, "Entries": entries})

    def _result(self, attempt: Attempt, answer: Any) -> Json:  # noqa: ANN401, ARG002
        result = self._shaped(answer)
        if result.get("FailedEntryCount", 0):
            raise StateFailure("EventBridge.FailedEntry", dumps(result))
        return result


def response_metadata(metadata: dict[str, Any]) -> dict[str, Json]:
    """``SdkHttpMetadata`` and ``SdkResponseMetadata`` as an optimised integration returns them."""
    headers: dict[str, str] = metadata["HTTPHeaders"]
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": dict(headers),
            "HttpStatusCode": metadata["HTTPStatusCode"],
        },
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId", "")},
    }
