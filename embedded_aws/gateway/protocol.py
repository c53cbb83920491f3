"""Requests and responses of native services, read and written by botocore's service models.

Parsing, routing and serialising are moto's, which are built on the same models.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from xml.sax.saxutils import escape

from botocore.utils import parse_timestamp
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SERIALIZERS, SerializationContext
from moto.core.utils import get_service_model
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.exceptions import NotFound

from embedded_aws.gateway.call import HttpAnswer
from embedded_aws.gateway.service import Parameters, ServiceError
from embedded_aws.gateway.shapes import Problem, misfits, problems

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from moto.core.request import Request


_JSON_PROTOCOLS = frozenset({"json", "rest-json"})


@dataclass(frozen=True)
class Target:
    """The operation that a request asks for, and the protocol that it speaks."""

    operation: OperationModel
    protocol: str
    uri_parameters: dict[str, Any]


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
    if isinstance(result, ServiceError) and not _is_modelled(target, result):
        return bare_error(result, request_id, target.protocol)
    writer = SERIALIZERS[target.protocol](target.operation, SerializationContext(request_id))
    answer = writer.serialize(result)
    status = _status_member(target, result) or answer["status_code"]
    headers = {
        **answer["headers"],
        **_content_type(target, result),
        "x-amzn-RequestId": request_id,
    }
    body = answer["body"] or b""
    return HttpAnswer(status, headers, body.encode() if isinstance(body, str) else bytes(body))


def bare_error(error: ServiceError, request_id: str, protocol: str = "json") -> HttpAnswer:
    """An error that no service model describes, or about a request of no known operation."""
    headers = {"x-amzn-ErrorType": error.code, "x-amzn-RequestId": request_id}
    if protocol in {"query", "rest-xml"}:
        message = f"<Code>{escape(error.code)}</Code><Message>{escape(error.message)}</Message>"
        body = f"<Error>{message}</Error>"
        if protocol == "query":
            body = f"<ErrorResponse>{body}</ErrorResponse>"
        return HttpAnswer(error.status, {**headers, "Content-Type": "text/xml"}, body.encode())
    body = json.dumps({"__type": error.code, "message": error.message})
    kind = "application/x-amz-json-1.1"
    return HttpAnswer(error.status, {**headers, "Content-Type": kind}, body.encode())


def _content_type(target: Target, result: object) -> dict[str, str]:
    # moto writes the protocol's own, even where the header is a member of the output.
    shape = target.operation.output_shape
    if shape is not None and isinstance(result, Mapping):
        for name, member in shape.members.items():
            if member.serialization.get("name") == "Content-Type" and name in result:
                return {"Content-Type": result[name]}
    return {}


def _status_member(target: Target, result: object) -> int | None:
    """The status that the result itself decides: moto leaves out the member for it."""
    if isinstance(result, ServiceError):
        return result.status
    shape = target.operation.output_shape
    members = shape.members.items() if shape is not None else ()
    names = [name for name, m in members if m.serialization.get("location") == "statusCode"]
    return cast("Mapping[str, int]", result).get(names[0]) if names else None


def _is_modelled(target: Target, error: ServiceError) -> bool:
    service_model = target.operation.service_model
    return any(error.code in {s.name, s.error_code} for s in service_model.error_shapes)


def _aware_timestamp(value: str) -> datetime:
    # moto's own parser drops the time zone.
    return cast("datetime", parse_timestamp(value)).astimezone(UTC)


def _form(request: Request, protocol: str) -> MultiDict[str, str]:
    return request.form if protocol == "query" else MultiDict()


def _raw_misfits(target: Target, request: Request) -> Iterable[Problem]:
    operation = target.operation
    shape = operation.input_shape
    body = request.get_data(cache=True) if target.protocol in _JSON_PROTOCOLS else b""
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
    # Also where the model lists another code: Lambda answers ValidationException for a
    # value that breaks its model, InvalidParameterValueException for what Lambda checks itself.
    is_query = operation.service_model.service_name == "cloudformation"
    return "ValidationError" if is_query else "ValidationException"
