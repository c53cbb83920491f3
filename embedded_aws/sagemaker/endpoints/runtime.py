"""SageMaker Runtime: InvokeEndpoint, answered by the container behind the endpoint.

Not supported: asynchronous and streamed invocations, and recordio-protobuf. Latencies are this
machine's: a serverless endpoint has no cold start beyond that of the first request of all.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.endpoints.capture import DataCapture, Exchange
from embedded_aws.sagemaker.endpoints.fleets import Container
from embedded_aws.sagemaker.endpoints.metrics import InvocationMetrics
from embedded_aws.sagemaker.endpoints.records import Endpoint
from embedded_aws.sagemaker.endpoints.scorer import Reply
from embedded_aws.sagemaker.endpoints.service import Hosting
from embedded_aws.sagemaker.unsupported import not_supported, refuse

RECORDIO = "recordio-protobuf"
SERVER_ERROR = 500
MEBIBYTE = 1024 * 1024
# Guide "SageMaker AI endpoints and quotas", and "Serverless Inference", quotas.
MAX_BODY_BYTES, MAX_SERVERLESS_BODY_BYTES = 6 * MEBIBYTE, 4 * MEBIBYTE

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

    def __init__(self, hosting: Hosting, environment: Environment) -> None:
        self._hosting = hosting
        self._capture = DataCapture(environment)
        self._metrics = InvocationMetrics(environment)

    def operations(self) -> Mapping[str, Operation]:
        """The operation, by API name."""
        return {"InvokeEndpoint": self._invoke}

    def close(self) -> None:
        """Containers are ended by the part that started them."""

    def _invoke(self, parameters: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED, parameters, "InvokeEndpoint")
        for header in ("ContentType", "Accept"):
            if RECORDIO in parameters.get(header, ""):
                raise not_supported(f"{header} {parameters[header]} of InvokeEndpoint")
        endpoint = self._endpoint(parameters["EndpointName"], context)
        container = self._container(endpoint, parameters.get("TargetVariant"), context)
        body, content_type = parameters["Body"], parameters.get("ContentType")
        _check_size(body, container)
        reply, latency = self._timed(container, body, content_type, parameters.get("Accept"))
        self._metrics.invoked(endpoint.name, container.variant_name, reply.status, latency)
        if reply.status >= 400:  # noqa: PLR2004  # where HTTP's errors start
            raise _model_error(reply, endpoint, context)
        self._observe(endpoint, container, parameters, reply)
        return {
            "Body": reply.body,
            "ContentType": reply.content_type,
            "InvokedProductionVariant": container.variant_name,
        }

    def _timed(
        self, container: Container, body: bytes, content_type: str | None, accept: str | None
    ) -> tuple[Reply, float]:
        # The machine's time: the clock jumps while callers from elsewhere keep an endpoint busy.
        begun = time.perf_counter()
        reply = self._hosting.lifecycle.invoke(container, body, content_type, accept)
        return reply, (time.perf_counter() - begun) * 1e6

    def _endpoint(self, name: str, context: RequestContext) -> Endpoint:
        try:
            endpoint = self._hosting.endpoints.get(name)
        except ServiceError as missing:
            raise _not_found(name, context) from missing
        if endpoint.name != name:
            # "the case is preserved and must be matched in InvokeEndpoint" (API reference
            # of CreateEndpoint)
            raise _not_found(name, context)
        return endpoint

    def _container(
        self, endpoint: Endpoint, variant_name: str | None, context: RequestContext
    ) -> Container:
        container = self._hosting.lifecycle.container(endpoint, variant_name)
        if container is None and variant_name is not None and endpoint.variants:
            raise ServiceError("ValidationError", f"Variant {variant_name} not found for Request")
        if container is None:
            raise _not_found(endpoint.name, context)
        return container

    def _observe(
        self, endpoint: Endpoint, container: Container, parameters: Parameters, reply: Reply
    ) -> None:
        exchange = Exchange(
            endpoint_name=endpoint.name,
            variant_name=container.variant_name,
            role_arn=container.role_arn,
            request=(parameters.get("ContentType"), parameters["Body"]),
            response=(reply.content_type, reply.body),
            inference_id=parameters.get("InferenceId"),
            custom_attributes=parameters.get("CustomAttributes"),
        )
        self._capture.observe(exchange, endpoint.config.members.get("DataCaptureConfig"))


def _not_found(name: str, context: RequestContext) -> ServiceError:
    # An endpoint that does not serve yet is answered like one that is not there; what AWS
    # says in that case is not documented.
    message = f"Endpoint {name} of account {context.account_id} not found."
    return ServiceError("ValidationError", message)


def _check_size(body: bytes, container: Container) -> None:
    most = MAX_SERVERLESS_BODY_BYTES if container.is_serverless else MAX_BODY_BYTES
    if len(body) > most:
        # Public issue threads show the status and the kind of sentence, not its exact words.
        message = f"Request size {len(body)} exceeds the maximum of {most} bytes."
        raise ServiceError("ValidationError", message, status=413)


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
