"""The WSGI application: each request to a native service, to moto, or to the control plane."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from moto.core.request import Request
from werkzeug.wrappers import Response

from embedded_aws.gateway import protocol
from embedded_aws.gateway.outputs import output_problems
from embedded_aws.gateway.protocol import HttpAnswer
from embedded_aws.gateway.service import RequestContext, Result, Service, ServiceError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from botocore.model import OperationModel

    from embedded_aws.settings import Settings

_log = logging.getLogger(__name__)
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_RUNTIME_PATH = re.compile(r"^/endpoints/[^/]+/(async-)?invocations")
CONTROL_PREFIX = "/_embedded/"


class Gateway:
    """Routes by the signature's credential scope, as AWS's own endpoints would by host."""

    def __init__(
        self,
        settings: Settings,
        services: Iterable[Service],
        moto: WSGIApplication,
        control: WSGIApplication,
    ) -> None:
        self._settings = settings
        self._services: Mapping[str, Service] = {service.name: service for service in services}
        self._moto = moto
        self._control = control

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO", "").startswith(CONTROL_PREFIX):
            return self._control(environ, start)
        request = Request(environ)
        context, signing_name = self._context(request)
        service = self._services.get(_service_name(signing_name, request.path))
        if service is None:
            return self._moto(environ, start)
        answer = self._answer(service, request, context)
        return Response(answer.body, answer.status, answer.headers)(environ, start)

    def _context(self, request: Request) -> tuple[RequestContext, str]:
        found = _CREDENTIAL.search(request.headers.get("Authorization", ""))
        key, region, signing_name = found.groups() if found else ("", self._settings.region, "")
        context = RequestContext(self._settings.account_id, region, key, str(uuid.uuid4()))
        return context, signing_name

    def _answer(self, service: Service, request: Request, context: RequestContext) -> HttpAnswer:
        try:
            target = protocol.route(service.name, request)
        except ServiceError as unknown:
            return protocol.bare_error(unknown, context.request_id)
        try:
            result: object = self._result(service, target, request, context)
        except ServiceError as refused:
            result = refused
        return protocol.serialize(target, result, context.request_id)

    def _result(
        self, service: Service, target: protocol.Target, request: Request, context: RequestContext
    ) -> Result:
        name = target.operation.name
        operation = service.operations().get(name)
        if operation is None:
            message = f"the embedded AWS does not support {service.name}:{name}"
            raise ServiceError("NotImplementedError", message, status=501)
        if context.region != self._settings.region:
            message = f"this instance serves {self._settings.region}, not {context.region}"
            raise ServiceError("InvalidRegion", message)
        output = operation(protocol.parse(target, request), context) or {}
        _check(target.operation, output)
        return output


def _check(operation: OperationModel, output: Result) -> None:
    broken = [str(problem) for problem in output_problems(operation, output)]
    if broken:
        message = f"the output of {operation.name} does not fit its model: {'; '.join(broken)}"
        _log.error(message)
        raise ServiceError("InternalFailure", message, status=500)


def _service_name(signing_name: str, path: str) -> str:
    if signing_name == "sagemaker" and _RUNTIME_PATH.match(path):
        return "sagemaker-runtime"
    return _BOTOCORE_NAMES.get(signing_name, signing_name)


_BOTOCORE_NAMES = {"states": "stepfunctions"}
