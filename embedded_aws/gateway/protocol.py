"""Requests routed and answers written by botocore's service models.

Both are moto's, which are built on the same models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import UnknownServiceError
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from embedded_aws.gateway.call import HttpAnswer
from embedded_aws.gateway.errors import Refusal, write_error
from embedded_aws.gateway.json_outputs import write_json
from embedded_aws.gateway.service import ServiceError
from embedded_aws.gateway.unsupported import protocol_not_supported

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel
    from moto.core.request import Request


@dataclass(frozen=True)
class Target:
    """The operation that a request asks for, and the protocol that it speaks."""

    operation: OperationModel
    protocol: str
    uri_parameters: dict[str, Any]
    method: str = "POST"
    path: str = "/"

    @property
    def service(self) -> str:
        """Botocore's name of the service."""
        return str(self.operation.service_model.service_name)

    @property
    def may_be_unsigned(self) -> bool:
        """Whether AWS takes it from anybody: S3 does, where a bucket is public."""
        return self.service == "s3" or self.operation.auth_type == "none"


@cache
def service_model(service_name: str) -> ServiceModel:
    """Botocore's model of a service."""
    return cast("ServiceModel", get_service_model(service_name))


def route(service_name: str, request: Request) -> Target:
    """Find the operation of a request.

    Raises:
        ServiceError: when the service's model has none.
    """
    if "smithy-protocol" in request.headers:
        raise protocol_not_supported(request.headers["smithy-protocol"])
    try:
        protocol = determine_request_protocol(service_model(service_name), request.content_type)
        operation, uri_parameters = get_service_router(service_name).match(request)
    except (NotFound, NotImplementedError) as unmatched:
        operation, uri_parameters = _by_path(service_name, request)
        if operation is None:
            raise _unknown_operation(service_name, request) from unmatched
        protocol = "rest-json"
    return Target(operation, protocol, uri_parameters, request.method, request.path)


def serialize(target: Target, result: object, request_id: str) -> HttpAnswer:
    """Write an output, or a ``ServiceError``, in the protocol that the request came in."""
    if isinstance(result, ServiceError) and not _is_modelled(target, result):
        namespace = target.operation.metadata.get("xmlNamespace", "")
        refusal = Refusal(result, request_id, namespace, target.path, target.method)
        return write_error(target.protocol, refusal)
    model = target.operation.service_model
    if target.protocol == model.protocol == "json" and isinstance(result, dict):
        version = model.metadata.get("jsonVersion", "1.0")
        written = {
            "Content-Type": f"application/x-amz-json-{version}",
            "x-amzn-RequestId": request_id,
        }
        return HttpAnswer(200, written, write_json(target.operation, result).encode())
    writer_class = get_serializer_class(target.service, target.protocol)
    answer = writer_class(target.operation, SerializationContext(request_id)).serialize(result)
    status = _status_member(target, result) or answer["status_code"]
    headers = {
        **answer["headers"],
        **_content_type(target, result),
        "x-amzn-RequestId": request_id,
    }
    body = answer["body"] or b""
    return HttpAnswer(status, headers, body.encode() if isinstance(body, str) else bytes(body))


def unrouted_error(
    service_name: str, request: Request, error: ServiceError, request_id: str
) -> HttpAnswer:
    """An error about a request whose operation, or service, is not known."""
    refusal = Refusal(error, request_id, path=request.path, method=request.method)
    return write_error(_spoken_protocol(service_name, request), refusal)


def _by_path(service_name: str, request: Request) -> tuple[OperationModel | None, dict[str, str]]:
    """The one operation of that method and path, though its required arguments are missing.

    Moto's router tells operations apart by these, and finds none without them.
    """
    model = service_model(service_name)
    found = []
    for name in model.operation_names if model.protocol == "rest-json" else ():
        operation = model.operation_model(name)
        matched = _path_pattern(operation).fullmatch(request.path)
        if matched and operation.http["method"] == request.method:
            found.append((operation, matched.groupdict()))
    return found[0] if len(found) == 1 else (None, {})


@cache
def _path_pattern(operation: OperationModel) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\+?\}", operation.http_trait.path)
    labels = [
        f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
    ]
    return re.compile("".join(labels) + "/?")


def _unknown_operation(service_name: str, request: Request) -> ServiceError:
    action = request.values.get("Action")
    what = request.headers.get("X-Amz-Target") or action or f"{request.method} {request.path}"
    message = f"{service_name} has no operation for {what}"
    if service_name == "s3":
        return ServiceError("MethodNotAllowed", message, status=405)
    if action:
        return ServiceError("InvalidAction", message)
    return ServiceError("UnknownOperationException", message, status=404)


def _spoken_protocol(service_name: str, request: Request) -> str:
    if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "smithy-rpc-v2-cbor"
    if "X-Amz-Target" in request.headers:
        return "json"
    if request.mimetype == "application/x-www-form-urlencoded":
        return "ec2" if service_name == "ec2" else "query"
    try:
        protocol = str(service_model(service_name).protocol)
    except UnknownServiceError:
        return "rest-json"
    return protocol if protocol in {"json", "rest-json", "rest-xml"} else "json"


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
    if target.service == "s3":
        return False  # its answers carry more than the models say
    error_shapes = target.operation.service_model.error_shapes
    return any(error.code in {shape.name, shape.error_code} for shape in error_shapes)
