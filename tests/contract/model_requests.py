"""Requests made from botocore's models: well formed, or wrong in exactly one way."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from botocore.model import OperationModel, Shape, StructureShape
from botocore.serialize import create_serializer

from embedded_aws.gateway.protocol import service_model
from embedded_aws.gateway.shapes import problems

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/name"
UUID = "1234abcd-12ab-34cd-56ef-1234567890ab"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
# Between them, these satisfy the patterns of the services' names, ARNs, ids and dates.
_WORDS = (
    *("name", "a1", "a" * 64, ACCOUNT, "1", "true", "0.5", "latest", "/", "/name/", "text/csv"),
    *("alias/name", "s3://bucket/key", "https://example.com/a", "name@example.com", "{}"),
    *(ROLE, f"arn:aws:iam::{ACCOUNT}:policy/name", "arn:aws:s3:::bucket", UUID),
    *("2026-11-01T00:00:00Z", "rate(1 day)", "us-east-1", "example.com", "A" * 22),
    *(f"sha256:{'a' * 64}", "v1", "123456", "aws.partner/name/name/name", "AWS::Lambda::Url"),
    *(
        f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"
        for service, resource in (
            ("lambda", "function:name"),
            ("lambda", "layer:name:1"),
            ("sagemaker", "model-package/name/1"),
            ("sagemaker", "model-package-group/name"),
            ("sagemaker", f"artifact/{'a' * 32}"),
            ("states", "stateMachine:name"),
            ("scheduler", "schedule-group/name"),
            ("scheduler", "schedule/name/name"),
            ("kms", f"key/{UUID}"),
            ("logs", "log-group:name"),
            ("logs", "delivery-source:name"),
            ("logs", "delivery-destination:name"),
            ("events", "event-bus/name"),
            ("events", "rule/name"),
            ("events", "archive/name"),
            ("events", f"connection/name/{UUID}"),
            ("events", "api-destination/name"),
            ("events", "replay/name"),
        )
    ),
)
_MISTYPED = {"string": 7, "integer": "seven", "long": "seven", "boolean": "perhaps", "list": "a"}
_LONGEST_TRIED = 5000


class NoExampleError(Exception):
    """No value is known that fits a shape."""


@dataclass(frozen=True)
class WireRequest:
    """A request as it goes over HTTP, but for the signature."""

    service: str
    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def signing_name(self) -> str:
        """The name in the credential scope."""
        return str(service_model(self.service).signing_name)


@dataclass(frozen=True)
class WrongRequest:
    """A request with one thing wrong, and what that is."""

    wrong: str
    parameter: str
    sent: WireRequest

    def __str__(self) -> str:
        """What is wrong with what."""
        return f"{self.sent.service}:{self.sent.operation} {self.wrong} {self.parameter}"


def well_formed(service: str, operation: str) -> WireRequest:
    """A minimal request that breaks nothing in the model.

    Raises:
        NoExampleError: where no value is known for some required parameter.
    """
    model = service_model(service).operation_model(operation)
    return _on_wire(model, _example(model.input_shape) if model.input_shape else {})


def wrong_requests(service: str, operations: Iterable[str], each: int) -> list[WrongRequest]:
    """Up to ``each`` requests of every kind of wrong, picked by hash from all that can be made."""
    by_kind: dict[str, list[WrongRequest]] = defaultdict(list)
    for operation in operations:
        model = service_model(service).operation_model(operation)
        if model.input_shape is not None:
            for request in _wrong(model):
                by_kind[request.wrong].append(request)
    return [
        request
        for _, requests in sorted(by_kind.items())
        for request in sorted(requests, key=_rank)[:each]
    ]


def _rank(request: WrongRequest) -> str:
    return hashlib.sha256(str(request).encode()).hexdigest()


def _wrong(model: OperationModel) -> Iterator[WrongRequest]:
    shape = model.input_shape
    try:
        base = _example(shape)
    except NoExampleError:
        return
    for name in shape.required_members:
        # S3 would take it for another operation; a path cannot lack its labels.
        is_told_apart = "s3" in model.service_model.service_name and name != _payload(shape)
        if not is_told_apart and shape.members[name].serialization.get("location") != "uri":
            without = {key: value for key, value in base.items() if key != name}
            yield WrongRequest("missing", name, _on_wire(model, without))
    for name, member in shape.members.items():
        for wrong, value in _broken_values(member):
            yield WrongRequest(wrong, name, _on_wire(model, {**base, name: value}))
    yield from _unreadable(model, _on_wire(model, base))


def _payload(shape: StructureShape) -> str | None:
    return shape.serialization.get("payload")


def _broken_values(shape: Shape) -> Iterator[tuple[str, Any]]:
    """Values of the right type that break one constraint, as ``(kind, value)``."""
    if shape.serialization.get("location") in {"uri", "headers"} or _is_routing(shape):
        return
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    tried: dict[str, Any] = {}
    if shape.type_name == "string":
        tried = {"out of enum": "NO-SUCH-VALUE"} if _enum(shape) else {"out of pattern": "~~~~~~"}
        if most is not None and most < _LONGEST_TRIED:
            tried["too long"] = "a" * (most + 1)
        if least and "location" not in shape.serialization:
            tried["too short"] = ""
    elif shape.type_name in {"integer", "long"} and least is not None:
        tried = {"out of range": least - 1}
    for wrong, value in tried.items():
        if list(problems(shape, value)):
            yield wrong, value


def _is_routing(shape: Shape) -> bool:
    # S3 tells operations apart by some of its arguments.
    return shape.serialization.get("location") == "querystring" and bool(_enum(shape))


def _unreadable(model: OperationModel, request: WireRequest) -> Iterator[WrongRequest]:
    """What no serialiser would write: unknown and mistyped members."""
    if model.service_model.protocol == "query":
        fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        yield WrongRequest("unknown", "NoSuch", _form(request, {**fields, "NoSuch": "1"}))
        for name, member in model.input_shape.members.items():
            if member.type_name in {"integer", "boolean"}:
                mistyped = {**fields, name: _MISTYPED[member.type_name]}
                yield WrongRequest("mistyped", name, _form(request, mistyped))
    elif request.body.startswith(b"{") and _payload(model.input_shape) is None:
        document = json.loads(request.body)
        yield WrongRequest("unknown", "NoSuch", _document(request, {**document, "NoSuch": 1}))
        for name, member in model.input_shape.members.items():
            if member.type_name in _MISTYPED and "location" not in member.serialization:
                key = member.serialization.get("name", name)
                mistyped = {**document, key: _MISTYPED[member.type_name]}
                yield WrongRequest("mistyped", name, _document(request, mistyped))


def _form(request: WireRequest, fields: Mapping[str, str]) -> WireRequest:
    return replace(request, body=urlencode(fields).encode())


def _document(request: WireRequest, document: Mapping[str, Any]) -> WireRequest:
    return replace(request, body=json.dumps(document).encode())


def _example(shape: Shape) -> Any:
    """The smallest value of a shape: required members, one item in each list."""
    if shape.type_name == "structure":
        return _structure(shape)
    if shape.type_name == "list":
        return [_example(shape.member) for _ in range(shape.metadata.get("min", 0) or 1)]
    if shape.type_name == "map":
        return {_example(shape.key): _example(shape.value)}
    if shape.type_name == "string":
        return _word(shape)
    least = max(1, shape.metadata.get("min", 1))
    scalars = {"boolean": True, "timestamp": NOW, "blob": b"x" * least}
    return scalars.get(shape.type_name, least)


def _structure(shape: StructureShape) -> dict[str, Any]:
    if getattr(shape, "is_document_type", False):
        return {}
    names = [next(iter(shape.members))] if shape.is_tagged_union else shape.required_members
    return {name: _example(shape.members[name]) for name in names}


def _word(shape: Shape) -> str:
    if _enum(shape):
        return str(_enum(shape)[0])
    least = shape.metadata.get("min") or 0
    for word in _WORDS:
        for candidate in (word, word.ljust(least, "a")):
            if not list(problems(shape, candidate)):
                return candidate
    message = f"no word fits {shape.name}: {shape.metadata}"
    raise NoExampleError(message)


def _on_wire(model: OperationModel, parameters: Mapping[str, Any]) -> WireRequest:
    """Serialise parameters without checking them."""
    service = model.service_model
    protocol = "json" if "json" in service.metadata.get("protocols", []) else service.protocol
    made = create_serializer(protocol, include_validation=False).serialize_to_request(
        parameters, model
    )
    path, query = made["url_path"], made.get("query_string") or {}
    if query:
        path += ("&" if "?" in path else "?") + urlencode(query, doseq=True)
    body, headers = made["body"], dict(made["headers"])
    if isinstance(body, dict):
        body = urlencode(body)
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    content = body.encode() if isinstance(body, str) else bytes(body or b"")
    return WireRequest(service.service_name, model.name, made["method"], path, headers, content)


def _enum(shape: Shape) -> list[str]:
    return getattr(shape, "enum", [])
