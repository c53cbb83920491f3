"""Lets moto answer what it implements of the services that were looked at here."""

from __future__ import annotations

import importlib
import inspect
import io
import logging
import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores
from werkzeug.wrappers import Response

from embedded_aws.gateway.call import Call, HttpAnswer
from embedded_aws.gateway.moto_s3_operations import S3_OPERATIONS
from embedded_aws.gateway.protocol import Target, service_model
from embedded_aws.gateway.unsupported import not_supported
from embedded_aws.moto_mends.s3_form_bodies import RAW_BODY

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from moto.core.request import Request

    from embedded_aws.gateway.service import ServiceError

_log = logging.getLogger(__name__)
_SERVER_ERROR = 500
# They have one handler for all that they do, and are called at every step of a night.
_PLAINLY_DISPATCHED = frozenset({"cloudwatch", "events", "iam", "logs"})
_REQUEST_ID = re.compile(rb"(<Request(?:Id|ID)>)[^<]*(</Request(?:Id|ID)>)")
_REQUEST_ID_HEADERS = frozenset({"x-amzn-requestid", "x-amz-request-id"})


class MotoServices:
    """The services that moto emulates, all in its one WSGI application."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def answer(self, target: Target, request: Request, call: Call) -> HttpAnswer:
        """Pass a request on to moto.

        Raises:
            ServiceError: 501 where moto fails: most often, it lacks a part of the operation.
        """
        if target.service in _PLAINLY_DISPATCHED:
            return _with_request_id(target, _dispatched(request, call), call.context.request_id)
        environ = {
            **request.environ,
            "wsgi.input": io.BytesIO(request.get_data(cache=True)),
            RAW_BODY: target.service == "s3",
        }
        try:
            answer = Response.from_app(self._application, environ, buffered=True)
        except Exception as unhandled:
            _log.exception("moto failed on %s:%s", call.service, call.operation)
            raise _failed(call, repr(unhandled)) from unhandled
        if answer.status_code >= _SERVER_ERROR:
            raise _failed(call, f"status {answer.status_code} {answer.get_data(as_text=True)}")
        made = HttpAnswer(answer.status_code, dict(answer.headers), answer.get_data())
        return _with_request_id(target, made, call.context.request_id)


def _dispatched(request: Request, call: Call) -> HttpAnswer:
    """The answer of the service's one handler, without the web framework around it."""
    try:
        status, headers, content = _handler(call.service)(
            request, request.url, dict(request.headers)
        )
    except Exception as unhandled:
        _log.exception("moto failed on %s:%s", call.service, call.operation)
        raise _failed(call, repr(unhandled)) from unhandled
    if status >= _SERVER_ERROR:
        raise _failed(call, f"status {status} {content}")
    body = content.encode() if isinstance(content, str) else content
    named = {name: str(value) for name, value in headers.items()}
    return HttpAnswer(status, named, body or b"")


@cache
def _handler(service_name: str) -> Callable[..., Any]:
    (handler,) = set(importlib.import_module(f"moto.{service_name}.urls").url_paths.values())
    return cast("Callable[..., Any]", handler)


def _failed(call: Call, how: str) -> ServiceError:
    return not_supported(call.service, call.operation, f"moto, which emulates it, failed: {how}")


def _with_request_id(target: Target, answer: HttpAnswer, request_id: str) -> HttpAnswer:
    kept = {k: v for k, v in answer.headers.items() if k.lower() not in _REQUEST_ID_HEADERS}
    name = "x-amz-request-id" if target.service == "s3" else "x-amzn-RequestId"
    body = answer.body
    in_body = target.protocol == "query" or (target.service == "s3" and answer.status >= 400)  # noqa: PLR2004
    if in_body:
        body = _REQUEST_ID.sub(rb"\g<1>" + request_id.encode() + rb"\g<2>", body)
        kept = {k: v for k, v in kept.items() if k.lower() != "content-length"}
    return HttpAnswer(answer.status, {**kept, name: request_id}, body)


@cache
def moto_operations(service_name: str) -> frozenset[str]:
    """The operations of a service that moto has code for."""
    names = service_model(service_name).operation_names
    if service_name == "s3":
        return S3_OPERATIONS.intersection(names)
    responses = importlib.import_module(f"moto.{service_name}.responses")
    methods = {
        name
        for _, response in inspect.getmembers(responses, inspect.isclass)
        if issubclass(response, BaseResponse)
        for name, _ in inspect.getmembers(response, inspect.isfunction)
    }
    return frozenset(name for name in names if camelcase_to_underscores(name) in methods)
