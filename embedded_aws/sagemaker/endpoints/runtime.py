"""SageMaker Runtime: InvokeEndpoint, answered by the container behind the endpoint.

Not supported: asynchronous and streamed invocations, and content types other than text/csv.
Requests to an endpoint are answered one after the other, however many at once its
configuration admits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.endpoints.records import Endpoint
from embedded_aws.sagemaker.endpoints.scorer import Reply
from embedded_aws.sagemaker.endpoints.service import Hosting
from embedded_aws.sagemaker.unsupported import not_supported, refuse

CSV = "text/csv"
OK, SERVER_ERROR = 200, 500

_UNSUPPORTED = (
    "TargetModel",
    "TargetContainerHostname",
    "EnableExplanations",
    "InferenceComponentName",
    "SessionId",
    "PrefixAwareId",
)


class SageMakerRuntime:
    """The service that applications call for predictions."""

    name = "sagemaker-runtime"

    def __init__(self, hosting: Hosting, clock: Clock) -> None:
        self._hosting = hosting
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """The operation, by API name."""
        return {"InvokeEndpoint": self._invoke}

    def close(self) -> None:
        """Containers are ended by the part that started them."""

    def _invoke(self, parameters: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED, parameters, "InvokeEndpoint")
        content_type = parameters.get("ContentType", "none")
        if content_type.partition(";")[0].strip().lower() != CSV:
            raise not_supported(f"ContentType {content_type} of InvokeEndpoint; send {CSV}")
        endpoint = self._endpoint(parameters, context)
        deployment = self._hosting.lifecycle.serving(endpoint)
        if deployment is None:
            raise _not_found(endpoint.name, context)
        accept = parameters.get("Accept", CSV)
        with self._clock.work():
            reply = deployment.scorer.ask(
                parameters["Body"], content_type, CSV if accept == "*/*" else accept
            )
        if reply.status != OK:
            raise _model_error(reply, endpoint, context)
        return {
            "Body": reply.body,
            "ContentType": reply.content_type,
            "InvokedProductionVariant": deployment.config.variant["VariantName"],
        }

    def _endpoint(self, parameters: Parameters, context: RequestContext) -> Endpoint:
        name = parameters["EndpointName"]
        try:
            endpoint = self._hosting.endpoints.get(name)
        except ServiceError as missing:
            raise _not_found(name, context) from missing
        if endpoint.name != name:
            # "the case is preserved and must be matched in InvokeEndpoint" (API reference
            # of CreateEndpoint)
            raise _not_found(name, context)
        variant = parameters.get("TargetVariant")
        if variant not in {None, endpoint.config.variant["VariantName"]}:
            message = f"Variant {variant} not found for Request"
            raise ServiceError("ValidationError", message)
        return endpoint


def _not_found(name: str, context: RequestContext) -> ServiceError:
    # An endpoint that does not serve yet is answered like one that is not there; what AWS
    # says in that case is not documented.
    message = f"Endpoint {name} of account {context.account_id} not found."
    return ServiceError("ValidationError", message)


def _model_error(reply: Reply, endpoint: Endpoint, context: RequestContext) -> ServiceError:
    original = reply.body.decode()
    who = "server" if reply.status >= SERVER_ERROR else "client"
    log_group = f"/aws/sagemaker/Endpoints/{endpoint.name}"
    message = (
        f'Received {who} error ({reply.status}) from primary with message "{original}". '
        f"See log group {log_group} in account {context.account_id} for more information."
    )
    return ServiceError(
        "ModelError",
        message,
        status=424,
        OriginalStatusCode=reply.status,
        OriginalMessage=original,
        LogStreamArn=f"arn:aws:logs:{context.region}:{context.account_id}:log-group:{log_group}",
    )
