"""The door for the services of one instance to each other: all of the front door but HTTP.

Parameters are copied and checked, the layers see the call, and what comes back is what would be
on the wire. Whatever is not plain enough for that goes through the front door.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from botocore.handlers import json_decode_policies
from botocore.response import StreamingBody
from botocore.serialize import create_serializer
from moto.core.request import Request

from embedded_aws.gateway.answer_parsers import Headers, answer_parser
from embedded_aws.gateway.call import Call, HttpAnswer
from embedded_aws.settings import LOOPBACK_HOST

if TYPE_CHECKING:
    from botocore.model import OperationModel

_FIRST_ERROR_STATUS = 300
_TARGET = "X-Amz-Target"
_SCOPE = "AWS4-HMAC-SHA256 Credential={key}/20000101/{region}/{service}/aws4_request"


def read_answer(operation: OperationModel, protocol: str, answer: HttpAnswer) -> dict[str, Any]:
    """An answer as botocore reads it off the wire."""
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    response = {
        "headers": Headers(headers),
        "status_code": answer.status,
        "context": {"operation_name": operation.name},
        "body": _body(operation, answer),
    }
    parser = answer_parser(protocol)
    parsed: dict[str, Any] = parser.parse(response, operation.output_shape)
    if answer.status >= _FIRST_ERROR_STATUS:
        code = parsed.get("Error", {}).get("Code")
        error_shape = operation.service_model.shape_for_error_code(code) if code else None
        if error_shape is not None:
            parsed.update(parser.parse(response, error_shape))
    if operation.service_model.service_name == "iam":
        # What botocore's client of IAM does with an answer.
        json_decode_policies(parsed, operation)
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return parsed


def plain_request(operation: OperationModel, call: Call) -> Request:
    """The request that botocore would send as JSON or as a form, signed by name alone."""
    model = operation.service_model
    serializer = create_serializer(model.resolved_protocol)
    serialized = serializer.serialize_to_request(call.parameters, operation)
    headers: Mapping[str, str] = serialized["headers"]
    body = serialized["body"]
    text = urlencode(body) if isinstance(body, Mapping) else body
    content = text if isinstance(text, bytes) else text.encode()
    by = call.context
    scope = _SCOPE.format(key=by.access_key_id, region=by.region, service=model.signing_name)
    request = Request(
        {
            "REQUEST_METHOD": serialized["method"],
            "PATH_INFO": serialized["url_path"],
            "QUERY_STRING": "",
            "SERVER_NAME": LOOPBACK_HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "CONTENT_LENGTH": str(len(content)),
            "CONTENT_TYPE": headers["Content-Type"],
            "HTTP_HOST": LOOPBACK_HOST,
            "HTTP_AUTHORIZATION": f"{scope}, SignedHeaders=host, Signature=none",
            **({"HTTP_X_AMZ_TARGET": headers[_TARGET]} if _TARGET in headers else {}),
        }
    )
    # Read before a form is parsed, which would consume it.
    request.get_data(cache=True)
    return request


def _body(operation: OperationModel, answer: HttpAnswer) -> bytes | StreamingBody:
    if answer.status < _FIRST_ERROR_STATUS and operation.has_streaming_output:
        return StreamingBody(io.BytesIO(answer.body), len(answer.body))
    return answer.body
