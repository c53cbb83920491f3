"""The parameters of a request, refused with the service's own error where they break its model."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from botocore.utils import parse_timestamp
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError

from embedded_aws.gateway.answer_parsers import Headers
from embedded_aws.gateway.json_misfits import misfits
from embedded_aws.gateway.protocol import Target
from embedded_aws.gateway.service import Parameters
from embedded_aws.gateway.shapes import Kind, Problem, problems
from embedded_aws.gateway.strict_parsers import Form, StrictQueryParser, StrictRestXMLParser
from embedded_aws.gateway.validation_errors import validation_error

if TYPE_CHECKING:
    from botocore.model import Shape, StructureShape
    from moto.core.request import Request

_JSON_PROTOCOLS = frozenset({"json", "rest-json"})
_REST_PROTOCOLS = frozenset({"rest-json", "rest-xml"})
_PARSERS = {**PROTOCOL_PARSERS, "query": StrictQueryParser, "rest-xml": StrictRestXMLParser}
# What SDKs put into a query of their own accord.
_SIGNING_ARGUMENTS = ("X-Amz-", "x-id")


def parse(target: Target, request: Request) -> Parameters:
    """The request's parameters, refusing whatever the model does not know.

    Datetimes are aware, blobs are bytes.

    Raises:
        ServiceError: the service's validation error, naming every parameter that is
            unknown, missing, unreadable or breaks its shape.
    """
    headers = _headers(target, request)
    _refuse_if_any(target, _unreadable(target, request, headers))
    parameters = _parsed(target, request, headers)
    refuse_misfits(target, parameters)
    return parameters


def refuse_misfits(target: Target, parameters: Parameters) -> None:
    """Refuse parameters that break their model.

    Raises:
        ServiceError: the service's validation error.
    """
    if target.operation.input_shape is not None:
        _refuse_if_any(target, problems(target.operation.input_shape, parameters))


def _refuse_if_any(target: Target, found: Iterable[Problem]) -> None:
    listed = tuple(found)
    if listed:
        raise validation_error(target.operation, target.protocol, listed)


def _headers(target: Target, request: Request) -> Mapping[str, str]:
    """The headers that parameters may be in; the parsers ask for dozens, few of which are there."""
    is_rest = target.protocol in _REST_PROTOCOLS
    return Headers(dict(request.headers.items())) if is_rest else request.headers


def _parsed(target: Target, request: Request, headers: Mapping[str, str]) -> Parameters:
    form = Form({**request.args, **request.form} if target.protocol == "query" else {})
    parser = _PARSERS[target.protocol](target.operation, timestamp_parser=_aware_timestamp)
    sent = {
        "body": request.get_data(cache=True),
        "headers": headers,
        "method": request.method,
        "url_params": target.uri_parameters,
        "url_path": request.path,
        "values": form if target.protocol == "query" else request.args,
    }
    try:
        parameters = parser.parse(sent)
    except (RequestParserError, ValueError) as unreadable:
        problem = Problem(form.last_read, str(unreadable), Kind.MALFORMED)
        raise validation_error(target.operation, target.protocol, (problem,)) from unreadable
    _refuse_if_any(target, form.unread(target.operation.name))
    return _without_absent(target.operation.input_shape, parameters)


def _without_absent(shape: StructureShape | None, parameters: Parameters) -> Parameters:
    """Without the lists and maps that moto's parser makes of absent headers and queries."""
    members = shape.members if shape is not None else {}
    return {
        name: value
        for name, value in parameters.items()
        if value is not None and not (value in ([], {}) and _is_located(members[name]))
    }


def _is_located(shape: Shape) -> bool:
    return "location" in shape.serialization


def _aware_timestamp(value: str) -> datetime:
    # moto's own parser drops the time zone.
    return cast("datetime", parse_timestamp(value)).astimezone(UTC)


def _unreadable(target: Target, request: Request, headers: Mapping[str, str]) -> Iterator[Problem]:
    shape = target.operation.input_shape
    if shape is None:
        return
    if target.protocol in _JSON_PROTOCOLS:
        yield from _json_misfits(shape, request)
    if target.protocol == "rest-json":
        yield from _unknown_arguments(target, request)
    if target.protocol in _REST_PROTOCOLS:
        yield from _located_misfits(shape, request, headers)


def _json_misfits(shape: StructureShape, request: Request) -> Iterator[Problem]:
    payload = shape.serialization.get("payload")
    body_shape = shape.members[payload] if payload else shape
    body = request.get_data(cache=True)
    if not body or body_shape.type_name != "structure":
        return
    try:
        yield from misfits(body_shape, json.loads(body, parse_constant=_refuse_constant))
    except ValueError as malformed:
        yield Problem("", f"the body is not JSON: {malformed}", Kind.MALFORMED)


def _refuse_constant(name: str) -> None:
    message = f"{name} is no JSON value"
    raise ValueError(message)


def _unknown_arguments(target: Target, request: Request) -> Iterator[Problem]:
    members = target.operation.input_shape.members.items()
    in_query = {
        member.serialization.get("name", name): member
        for name, member in members
        if member.serialization.get("location") == "querystring"
    }
    if any(member.type_name == "map" for member in in_query.values()):
        return
    known = {*in_query, *target.operation.http_trait.query_args}
    for name in request.args:
        if name not in known and not name.startswith(_SIGNING_ARGUMENTS):
            yield Problem(name, "Parameter is unknown to the operation", Kind.UNKNOWN)


def _located_misfits(
    shape: StructureShape, request: Request, headers: Mapping[str, str]
) -> Iterator[Problem]:
    """Headers and query arguments whose text is no number, boolean or time."""
    sources: Mapping[str, Mapping[str, str]] = {
        "header": headers,
        "querystring": request.args,
    }
    for name, member in shape.members.items():
        located = sources.get(member.serialization.get("location", ""), {})
        text = located.get(member.serialization.get("name", name))
        if text is not None and not _reads(member.type_name, text):
            yield Problem(name, f"'{text}' is no {member.type_name}", Kind.MALFORMED, text)


def _reads(type_name: str, text: str) -> bool:
    if type_name == "boolean":
        return text.lower() in {"true", "false"}
    reader = {"integer": int, "long": int, "float": float, "timestamp": parse_timestamp}
    try:
        reader.get(type_name, str)(text)
    except ValueError:
        return False
    return True
