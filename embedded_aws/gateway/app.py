"""The WSGI application: each request through the layers to its service, native or moto's."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from moto.core.request import Request
from werkzeug.http import HTTP_STATUS_CODES

from embedded_aws.gateway import moto_backends, protocol
from embedded_aws.gateway.addressing import addressed_service, path_style
from embedded_aws.gateway.call import Call, HttpAnswer, Layer, through
from embedded_aws.gateway.compression import COMPRESSED_SERVICES, uncompressed
from embedded_aws.gateway.direct import plain_request
from embedded_aws.gateway.moto_services import MotoServices, moto_operations
from embedded_aws.gateway.outputs import answer_problems, output_problems
from embedded_aws.gateway.regions import check_region
from embedded_aws.gateway.requests import parse, refuse_misfits
from embedded_aws.gateway.service import RequestContext, Result, Service, ServiceError
from embedded_aws.gateway.shapes import Problem
from embedded_aws.gateway.signature import Signature, read_signature
from embedded_aws.gateway.unsigned import missing_token
from embedded_aws.gateway.unsupported import not_supported, service_not_supported
from embedded_aws.s3 import shortcuts
from embedded_aws.services import MOTO_SERVICES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from botocore.model import OperationModel

    from embedded_aws.gateway.service import Parameters
    from embedded_aws.settings import Settings

_log = logging.getLogger(__name__)
T = TypeVar("T")
CONTROL_PREFIX = "/_embedded/"
# For the clients of these, botocore has no handlers of its own that change what is said; what it
# does with IAM's answers is done at this door too.
_DIRECT = frozenset(
    {"lambda", "sagemaker", "sagemaker-runtime", "scheduler", "stepfunctions", "sts"}
)
_DIRECT_MOTO = frozenset({"cloudwatch", "events", "iam", "logs"})


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
        self._operations_of = {it.name: it.operations() for it in self._services.values()}
        self._moto = MotoServices(moto)
        self._served = MOTO_SERVICES | self._services.keys()
        self._control = control
        self._layers = tuple(layers)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO", "").startswith(CONTROL_PREFIX):
            return self._control(environ, start)
        request = Request(environ)
        # Read before a form is parsed, which would consume it: moto reads it once more.
        request.get_data(cache=True)
        answer = self._answer(request, str(uuid.uuid4()))
        start(_status_line(answer.status), list(answer.headers.items()))
        return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)

    def is_direct(self, operation: OperationModel, given: Mapping[str, Any]) -> bool:
        """Whether a call from within this process needs no HTTP."""
        service = operation.service_model.service_name
        if service == "s3":
            return shortcuts.is_plain(operation.name, given)
        if service in self._services:
            return service in _DIRECT and operation.name in self._operations(service)
        return service in _DIRECT_MOTO

    def protocol_of(self, operation: OperationModel) -> str:
        """The protocol that a call from within this process is answered in."""
        return str(operation.service_model.resolved_protocol)

    def answer_directly(
        self, operation: OperationModel, parameters: Parameters, access_key_id: str
    ) -> HttpAnswer:
        """Answer a call that ``is_direct``.

        Raises:
            ConnectionLost: no answer comes.
        """
        request_id = str(uuid.uuid4())
        service, region = operation.service_model.service_name, self._settings.region
        modelled = protocol.service_model(service).operation_model(operation.name)
        target = protocol.Target(modelled, self.protocol_of(operation), {})
        context = RequestContext(self._settings.account_id, region, access_key_id, request_id)
        try:
            refuse_misfits(target, parameters)
            return self._handled(target, None, Call(context, service, operation.name, parameters))
        except ServiceError as refused:
            return protocol.serialize(target, refused, request_id)

    def _answer(self, request: Request, request_id: str) -> HttpAnswer:
        signature = read_signature(request)
        service = addressed_service(request, signature, self._served)
        if service == "s3":
            request = path_style(request)
        try:
            if service in COMPRESSED_SERVICES:
                request = uncompressed(request)
            target = self._target(service, request)
        except ServiceError as unknown:
            return protocol.unrouted_error(service, request, unknown, request_id)
        try:
            return self._dispatched(target, request, signature, request_id)
        except ServiceError as refused:
            return protocol.serialize(target, refused, request_id)

    def _target(self, service: str, request: Request) -> protocol.Target:
        if service not in self._served:
            raise service_not_supported(service)
        return protocol.route(service, request)

    def _dispatched(
        self,
        target: protocol.Target,
        request: Request,
        signature: Signature | None,
        request_id: str,
    ) -> HttpAnswer:
        service, operation = target.service, target.operation.name
        if signature is None and not target.may_be_unsigned:
            raise missing_token(target.protocol)
        signed_for = signature.region if signature else ""
        check_region(service, operation, signed_for, self._settings.region)
        if operation not in self._operations(service):
            raise not_supported(service, operation)
        context = self._context(request, signature, request_id)
        return self._handled(
            target, request, Call(context, service, operation, parse(target, request))
        )

    def _handled(self, target: protocol.Target, request: Request | None, call: Call) -> HttpAnswer:
        handler = through(self._layers, lambda call: self._served_by(target, request, call))
        return _guarded(call, lambda: handler(call))

    def _context(
        self, request: Request, signature: Signature | None, request_id: str
    ) -> RequestContext:
        return RequestContext(
            account_id=self._settings.account_id,
            region=self._settings.region,
            access_key_id=signature.access_key_id if signature else "",
            request_id=request_id,
            trace_id=request.headers.get("X-Amzn-Trace-Id", ""),
            # As a proxy tells of a client that did not speak TLS with it.
            is_secure=request.headers.get("X-Forwarded-Proto", "https") != "http",
        )

    def _operations(self, service: str) -> Iterable[str]:
        native = self._operations_of.get(service)
        return moto_operations(service) if native is None else native

    def _served_by(
        self, target: protocol.Target, request: Request | None, call: Call
    ) -> HttpAnswer:
        if call.service in self._services:
            return protocol.serialize(target, self._result(target, call), call.context.request_id)
        if request is None:
            return self._moto_asked_directly(target, call)
        if shortcuts.are_plain(target.service, request, call):
            return shortcuts.answer(call)
        return self._moto_asked(target, request, call)

    def _moto_asked_directly(self, target: protocol.Target, call: Call) -> HttpAnswer:
        if call.service == "s3":
            return shortcuts.answer(call)
        written = moto_backends.put(call)
        if written is not None:
            return protocol.serialize(target, written, call.context.request_id)
        return self._moto_asked(target, plain_request(target.operation, call), call)

    def _moto_asked(self, target: protocol.Target, request: Request, call: Call) -> HttpAnswer:
        answer = self._moto.answer(target, request, call)
        _check(target, answer_problems(target.operation, target.protocol, answer))
        return answer

    def _result(self, target: protocol.Target, call: Call) -> Result:
        operation = self._operations_of[call.service][call.operation]
        output = _guarded(call, lambda: operation(call.parameters, call.context) or {})
        _check(target, output_problems(target.operation, output))
        return output


def _status_line(status: int) -> str:
    return f"{status} {HTTP_STATUS_CODES.get(status, 'UNKNOWN').upper()}"


def _guarded(call: Call, answer: Callable[[], T]) -> T:
    """An answer, or a defect of ours as an error in the service's own protocol."""
    try:
        return answer()
    except (ServiceError, ConnectionError):
        raise
    except Exception as defect:
        message = f"the embedded AWS failed on {call.service}:{call.operation}: {defect!r}"
        _log.exception(message)
        raise ServiceError("InternalFailure", message, status=500) from defect


def _check(target: protocol.Target, problems: Iterable[Problem]) -> None:
    broken = [str(problem) for problem in problems]
    if broken:
        output = f"the output of {target.operation.name}"
        message = f"{output} does not fit its model: {'; '.join(broken)}"
        _log.error(message)
        raise ServiceError("InternalFailure", message, status=500)
