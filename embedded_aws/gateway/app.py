"""The WSGI application: each request through the layers to its service, native or moto's."""

from __future__ import annotations

import io
import logging
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from moto.core.request import Request
from werkzeug.wrappers import Response

from embedded_aws.gateway import protocol
from embedded_aws.gateway.call import Call, HttpAnswer, Layer, through
from embedded_aws.gateway.outputs import output_problems
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
        layers: Sequence[Layer] = (),
    ) -> None:
        self._settings = settings
        self._services: Mapping[str, Service] = {service.name: service for service in services}
        self._moto = moto
        self._control = control
        self._layers = tuple(layers)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO", "").startswith(CONTROL_PREFIX):
            return self._control(environ, start)
        request = Request(environ)
        # Read before a form is parsed, which would consume it: moto reads it once more.
        request.get_data(cache=True)
        context, signing_name = self._context(request)
        answer = self._answer(_service_name(signing_name, request.path), request, context)
        return Response(answer.body, answer.status, answer.headers)(environ, start)

    def _context(self, request: Request) -> tuple[RequestContext, str]:
        signature = request.headers.get("Authorization") or _presigned(request)
        found = _CREDENTIAL.search(signature)
        key, region, signing_name = found.groups() if found else ("", self._settings.region, "")
        trace_id = request.headers.get("X-Amzn-Trace-Id", "")
        account_id, request_id = self._settings.account_id, str(uuid.uuid4())
        return RequestContext(account_id, region, key, request_id, trace_id), signing_name

    def _answer(self, service_name: str, request: Request, context: RequestContext) -> HttpAnswer:
        try:
            target = protocol.route(service_name, request)
        except ServiceError as unknown:
            return protocol.bare_error(unknown, context.request_id)
        try:
            self._refuse_unsupported(service_name, target.operation.name)
            parameters = protocol.parse(target, request)
            call = Call(context, service_name, target.operation.name, parameters)
            return through(self._layers, lambda call: self._served(target, request, call))(call)
        except ServiceError as refused:
            return protocol.serialize(target, refused, context.request_id)

    def _refuse_unsupported(self, service_name: str, operation: str) -> None:
        service = self._services.get(service_name)
        if service is not None and operation not in service.operations():
            message = f"the embedded AWS does not support {service_name}:{operation}"
            raise ServiceError("NotImplementedError", message, status=501)

    def _served(self, target: protocol.Target, request: Request, call: Call) -> HttpAnswer:
        service = self._services.get(call.service)
        if service is None:
            return self._by_moto(request)
        return protocol.serialize(target, self._result(service, target, call), _id(call))

    def _by_moto(self, request: Request) -> HttpAnswer:
        environ = {**request.environ, "wsgi.input": io.BytesIO(request.get_data(cache=True))}
        answer = Response.from_app(self._moto, environ, buffered=True)
        return HttpAnswer(answer.status_code, dict(answer.headers), answer.get_data())

    def _result(self, service: Service, target: protocol.Target, call: Call) -> Result:
        if call.context.region != self._settings.region:
            message = f"this instance serves {self._settings.region}, not {call.context.region}"
            raise ServiceError("InvalidRegion", message)
        output = service.operations()[call.operation](call.parameters, call.context) or {}
        _check(target.operation, output)
        return output


def _id(call: Call) -> str:
    return call.context.request_id


def _check(operation: OperationModel, output: Result) -> None:
    broken = [str(problem) for problem in output_problems(operation, output)]
    if broken:
        message = f"the output of {operation.name} does not fit its model: {'; '.join(broken)}"
        _log.error(message)
        raise ServiceError("InternalFailure", message, status=500)


def _presigned(request: Request) -> str:
    return f"Credential={request.args.get('X-Amz-Credential', '')}"


def _service_name(signing_name: str, path: str) -> str:
    if signing_name == "sagemaker" and _RUNTIME_PATH.match(path):
        return "sagemaker-runtime"
    return _BOTOCORE_NAMES.get(signing_name, signing_name)


_BOTOCORE_NAMES = {"states": "stepfunctions", "monitoring": "cloudwatch"}
