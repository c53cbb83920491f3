"""The door for the services of one instance to each other: all of the front door but HTTP.

Parameters are copied and checked, the layers see the call, and what comes back is what would be
on the wire. Whatever is not plain enough for that goes through the front door.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import HeadersDict
from botocore.response import StreamingBody
from botocore.serialize import create_serializer
from moto.core.request import Request

from embedded_aws.gateway.answer_parsers import answer_parser
from embedded_aws.gateway.call import HttpAnswer
from embedded_aws.settings import LOOPBACK_HOST

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from embedded_aws.gateway.service import Parameters

_FIRST_ERROR_STATUS = 300
_SCOPE = "AWS4-HMAC-SHA256 Credential={key}/20000101/{region}/{service}/aws4_request"


def read_answer(operation: OperationModel, protocol: str, answer: HttpAnswer) -> dict[str, Any]:
    """An answer as botocore reads it off the wire."""
    headers = {"Content-Length": str(len(answer.body)), **answer.headers}
    response = {
        "headers": HeadersDict(headers),
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
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return parsed


def json_request(
    operation: OperationModel, parameters: Parameters, access_key_id: str, region: str
) -> Request:
    """The request that botocore would send, signed by name alone."""
    serialized = create_serializer("json").serialize_to_request(parameters, operation)
    headers: Mapping[str, str] = serialized["headers"]
    model = operation.service_model
    body = serialized["body"]
    content = body if isinstance(body, bytes) else body.encode()
    scope = _SCOPE.format(key=access_key_id, region=region, service=model.signing_name)
    return Request(
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
            "HTTP_X_AMZ_TARGET": headers["X-Amz-Target"],
            "HTTP_HOST": LOOPBACK_HOST,
            "HTTP_AUTHORIZATION": f"{scope}, SignedHeaders=host, Signature=none",
        }
    )


def _body(operation: OperationModel, answer: HttpAnswer) -> bytes | StreamingBody:
    if answer.status < _FIRST_ERROR_STATUS and operation.has_streaming_output:
        return StreamingBody(io.BytesIO(answer.body), len(answer.body))
    return answer.body
