"""``arn:aws:states:::aws-sdk:<service>:<action>``: any API of any service, request and response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from embedded_aws.gateway.protocol import service_model
from embedded_aws.stepfunctions.integrations import java_shapes, members
from embedded_aws.stepfunctions.integrations.events import ServiceTaskEvents
from embedded_aws.stepfunctions.integrations.service_errors import call_api

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from embedded_aws.stepfunctions.documents import Json
    from embedded_aws.stepfunctions.integrations.integration import Attempt

# Services whose name in a Resource (the SDK for Java v2's) is not botocore's.
_BOTOCORE_NAMES = {
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "sfn": "stepfunctions",
    "sagemakerruntime": "sagemaker-runtime",
}
_LOADER = Loader()


class SdkIntegration:
    """Calls one API with PascalCase parameters; its response is the result."""

    hands_out_token = False

    def __init__(self, service: str, action: str) -> None:
        """Find the API.

        Raises:
            LookupError: there is no such service or action.
        """
        self.events = ServiceTaskEvents(f"aws-sdk:{service}", action)
        self.payload_name = f"aws-sdk:{service}:{action}"
        self._service = _BOTOCORE_NAMES.get(service, service)
        self._operation = _operation(self._service, action)

    def problems(self, arguments: Json) -> list[str]:
        """Fields that the API does not have."""
        return members.problems(self._operation.input_shape, arguments)

    def perform(self, attempt: Attempt) -> Json:
        """Call the API."""
        return attempt.run(lambda: self._call(attempt))

    def _call(self, attempt: Attempt) -> Json:
        client = attempt.client(self._service)
        parameters = java_shapes.to_api(self._operation.input_shape, attempt.parameters)
        answer = call_api(attempt, client, xform_name(self._operation.name), parameters)
        return (
            java_shapes.from_api(self._operation.output_shape, answer, java_shapes.iso_text) or {}
        )


def _operation(service: str, action: str) -> OperationModel:
    if service not in _LOADER.list_available_services("service-2"):
        raise LookupError(f"there is no service {service}")
    name = java_shapes.pascal_case(action)
    try:
        model = service_model(service)
    except UnknownServiceError as unknown:
        raise LookupError(str(unknown)) from unknown
    if name not in model.operation_names or action[:1].isupper():
        raise LookupError(f"{service} has no action {action}")
    return model.operation_model(name)
