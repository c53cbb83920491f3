"""Errors as AWS puts them on the wire, in the protocol that the client speaks."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from embedded_aws.gateway.call import HttpAnswer
from embedded_aws.gateway.service import ServiceError

_FIRST_SERVER_ERROR = 500


@dataclass(frozen=True)
class Refusal:
    """An error and the request that it answers.

    Attributes:
        namespace: XML namespace of the service's answers.
        path: What was asked for, which S3 repeats.
    """

    error: ServiceError
    request_id: str
    namespace: str = ""
    path: str = "/"
    method: str = "POST"


def write_error(protocol: str, refusal: Refusal) -> HttpAnswer:
    """The answer to a request that was refused, readable by the protocol's clients."""
    answer = _WRITERS[protocol](refusal)
    headers = {"x-amzn-RequestId": refusal.request_id, **answer.headers}
    return HttpAnswer(answer.status, headers, answer.body)


def _json(refusal: Refusal) -> HttpAnswer:
    return _json_of_type(refusal, "application/x-amz-json-1.1")


def _rest_json(refusal: Refusal) -> HttpAnswer:
    return _json_of_type(refusal, "application/json")


def _json_of_type(refusal: Refusal, content_type: str) -> HttpAnswer:
    error = refusal.error
    body = json.dumps({"__type": error.code, "message": error.message, **_members(error)})
    headers = {"x-amzn-ErrorType": error.code, "Content-Type": content_type}
    return HttpAnswer(error.status, headers, body.encode())


def _query(refusal: Refusal) -> HttpAnswer:
    error = refusal.error
    root = ET.Element("ErrorResponse", {"xmlns": refusal.namespace} if refusal.namespace else {})
    inner = ET.SubElement(root, "Error")
    fault = "Receiver" if error.status >= _FIRST_SERVER_ERROR else "Sender"
    _texts(inner, {"Type": fault, "Code": error.code, "Message": error.message})
    _texts(root, {"RequestId": refusal.request_id})
    return HttpAnswer(error.status, {"Content-Type": "text/xml"}, ET.tostring(root))


def _ec2(refusal: Refusal) -> HttpAnswer:
    error = refusal.error
    root = ET.Element("Response")
    inner = ET.SubElement(ET.SubElement(root, "Errors"), "Error")
    _texts(inner, {"Code": error.code, "Message": error.message})
    _texts(root, {"RequestID": refusal.request_id})
    return HttpAnswer(error.status, {"Content-Type": "text/xml"}, ET.tostring(root))


def _s3(refusal: Refusal) -> HttpAnswer:
    """As in the S3 API reference, "REST error responses"; an answer to HEAD has no body."""
    error, members = refusal.error, _members(refusal.error)
    host_id = base64.b64encode(hashlib.sha256(refusal.request_id.encode()).digest()).decode()
    headers = {
        "x-amz-request-id": refusal.request_id,
        "x-amz-id-2": host_id,
        "Content-Type": "application/xml",
    }
    if "Region" in members:
        headers["x-amz-bucket-region"] = members["Region"]
    root = ET.Element("Error")
    _texts(root, {"Code": error.code, "Message": error.message, **members})
    _texts(root, {"Resource": refusal.path})
    _texts(root, {"RequestId": refusal.request_id, "HostId": host_id})
    body = b"" if refusal.method == "HEAD" else ET.tostring(root, "utf-8", xml_declaration=True)
    return HttpAnswer(error.status, headers, body)


def _cbor(refusal: Refusal) -> HttpAnswer:
    """As in the Smithy specification, "Smithy RPC v2 CBOR", Operation error serialization."""
    texts = ("__type", refusal.error.code, "message", refusal.error.message)
    body = b"\xa2" + b"".join(_cbor_text(text) for text in texts)
    headers = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    return HttpAnswer(refusal.error.status, headers, body)


def _cbor_text(text: str) -> bytes:
    """A text string with a length of two bytes (RFC 8949, major type 3)."""
    encoded = text.encode()[:0xFFFF]
    return b"\x79" + len(encoded).to_bytes(2, "big") + encoded


def _members(error: ServiceError) -> Mapping[str, str]:
    known = {"code", "message", "status"}
    return {name: str(value) for name, value in vars(error).items() if name not in known}


def _texts(parent: ET.Element, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


_WRITERS: Mapping[str, Callable[[Refusal], HttpAnswer]] = {
    "json": _json,
    "rest-json": _rest_json,
    "query": _query,
    "ec2": _ec2,
    "rest-xml": _s3,
    "smithy-rpc-v2-cbor": _cbor,
}
