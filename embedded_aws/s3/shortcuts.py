"""Which requests are plain enough to be answered here; whatever asks for more goes to moto.

A night is made of hundreds of these. Moto's own way to an object, a second WSGI application that
routes, parses and checks once more, costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from embedded_aws.gateway.call import Call, HttpAnswer
from embedded_aws.gateway.errors import Refusal, write_error
from embedded_aws.gateway.service import ServiceError
from embedded_aws.s3.listing import PLAIN_LISTING, list_objects
from embedded_aws.s3.objects import (
    PLAIN_READ,
    PLAIN_WRITE,
    get_object,
    head_object,
    put_object,
)
from embedded_aws.s3.version_listing import PLAIN_VERSION_LISTING, list_versions

if TYPE_CHECKING:
    from moto.core.request import Request

_SHORTCUTS: Mapping[str, tuple[frozenset[str], Callable[[Call], HttpAnswer]]] = {
    "GetObject": (PLAIN_READ, get_object),
    "HeadObject": (PLAIN_READ, head_object),
    "ListObjectVersions": (PLAIN_VERSION_LISTING, list_versions),
    "ListObjectsV2": (PLAIN_LISTING, list_objects),
    "PutObject": (PLAIN_WRITE, put_object),
}
# Headers that are no parameters of these operations, or say that the body is in chunks.
_NOT_PLAIN_HEADERS = ("Origin", "X-Amz-Decoded-Content-Length")


def is_plain(operation: str, parameters: Mapping[str, Any]) -> bool:
    """Whether a request has parameters of the plainest kind alone."""
    if operation not in _SHORTCUTS:
        return False
    known, _ = _SHORTCUTS[operation]
    checksum = parameters.get("ChecksumAlgorithm")
    has_checksum = checksum is None or (checksum == "CRC32" and "ChecksumCRC32" in parameters)
    return parameters.keys() <= known and has_checksum


def are_plain(service: str, request: Request, call: Call) -> bool:
    """Whether a request over HTTP asks for no more than its plain parameters."""
    if service != "s3" or not is_plain(call.operation, call.parameters):
        return False
    headers = request.headers
    return "Authorization" in headers and not any(name in headers for name in _NOT_PLAIN_HEADERS)


def answer(call: Call) -> HttpAnswer:
    """Answer a plain call; a refusal is an answer too, which the layers read as moto's."""
    operation, given, request_id = call.operation, call.parameters, call.context.request_id
    try:
        made = _SHORTCUTS[operation][1](call)
    except ServiceError as refused:
        path = "/".join(["", given["Bucket"], *([given["Key"]] if "Key" in given else [])])
        method = "HEAD" if operation == "HeadObject" else "GET"
        return write_error("rest-xml", Refusal(refused, request_id, path=path, method=method))
    return HttpAnswer(made.status, {**made.headers, "x-amz-request-id": request_id}, made.body)
