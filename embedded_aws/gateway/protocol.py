"""Requests and responses of native services, read and written by botocore's service models.

Parsing, routing and serialising are moto's, which are built on the same models.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.utils import parse_timestamp
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SERIALIZERS, SerializationContext
from moto.core.utils import get_service_model
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import NotFound

from embedded_aws.gateway.service import Parameters, ServiceError
from embedded_aws.gateway.shapes import Problem, misfits, problems

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from moto.core.request import Request


@dataclass(frozen=True)
class Target:
    """The operation that a request asks for, and the protocol that it speaks."""

    operation: OperationModel
    protocol: str
    uri_parameters: dict[str, Any]


@dataclass(frozen=True)
class HttpAnswer:
    """Status, headers and body, ready for the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


@cache
def service_model(service_name: str) -> ServiceModel:
    """Botocore's model of a service."""
    return cast("ServiceModel", get_service_model(service_name))


def route(service_name: str, request: Request) -> Target:
    """Find the operation of a request.

    Raises:
        ServiceError: ``UnknownOperationException`` when the service's model has none.
    """
    protocol = determine_request_protocol(service_model(service_name), request.content_type)
    try:
        operation, uri_parameters = get_service_router(service_name).match(request)
    except (NotFound, NotImplementedError) as unmatched:
        what = request.headers.get("X-Amz-Target") or f"{request.method} {request.path}"
        message = f"{service_name} has no operation for {what}"
        raise ServiceError("UnknownOperationException", message, status=404) from unmatched
    return Target(operation, protocol, uri_parameters)


def parse(target: Target, request: Request) -> Parameters:
    """The request's parameters, refusing whatever the model does not know.

    Raises:
        ServiceError: the service's validation error, naming every parameter that is
            unknown, missing or breaks its shape.
    """
    operation = target.operation
    _refuse_if_any(operation, _raw_misfits(target, request))
    parser = PROTOCOL_PARSERS[target.protocol](operation, timestamp_parser=_aware_timestamp)
    parameters = parser.parse(
        {
            "body": request.get_data(cache=True),
            "headers": request.headers,
            "method": request.method,
            "url_params": target.uri_parameters,
            "url_path": request.path,
            "values": CombinedMultiDict([request.args, _form(request, target.protocol)]),
        }
    )
    if operation.input_shape is not None:
        _refuse_if_any(operation, problems(operation.input_shape, parameters))
    return cast("Parameters", parameters)


def serialize(target: Target, result: object, request_id: str) -> HttpAnswer:
    """Write an output, or a ``ServiceError``, in the protocol that the request came in."""
    writer = SERIALIZERS[target.protocol](target.operation, SerializationContext(request_id))
    answer = writer.serialize(result)
    status = result.status if isinstance(result, ServiceError) else answer["status_code"]
    headers = {**answer["headers"], "x-amzn-RequestId": request_id}
    body = answer["body"]
    return HttpAnswer(status, headers, body.encode() if isinstance(body, str) else bytes(body))


def bare_error(error: ServiceError, request_id: str) -> HttpAnswer:
    """An error about a request whose operation, and so whose protocol, is not known."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "x-amzn-ErrorType": error.code,
        "x-amzn-RequestId": request_id,
    }
    body = json.dumps({"__type": error.code, "message": error.message}).encode()
    return HttpAnswer(error.status, headers, body)


def _aware_timestamp(value: str) -> datetime:
    # moto's own parser drops the time zone.
    return cast("datetime", parse_timestamp(value)).astimezone(UTC)


def _form(request: Request, protocol: str) -> MultiDict[str, str]:
    return request.form if protocol == "query" else MultiDict()


def _raw_misfits(target: Target, request: Request) -> Iterable[Problem]:
    operation = target.operation
    shape = operation.input_shape
    body = b"" if target.protocol == "query" else request.get_data(cache=True)
    if shape is None or not body or "payload" in shape.serialization:
        return ()
    try:
        return misfits(shape, json.loads(body))
    except ValueError as malformed:
        message = f"the body of {operation.name} is not JSON: {malformed}"
        raise ServiceError("SerializationException", message) from malformed


def _refuse_if_any(operation: OperationModel, found: Iterable[Problem]) -> None:
    listed = [str(problem) for problem in found]
    if listed:
        count = f"{len(listed)} validation error{'s' if len(listed) > 1 else ''} detected"
        raise ServiceError(_validation_code(operation), f"{count}: {'; '.join(listed)}")


def _validation_code(operation: OperationModel) -> str:
    if operation.service_model.service_name == "cloudformation":
        return "ValidationError"
    known = {shape.name for shape in operation.error_shapes}
    if "InvalidParameterValueException" in known:
        return "InvalidParameterValueException"
    return "ValidationException"
