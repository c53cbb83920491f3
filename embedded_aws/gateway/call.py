"""One understood request, and what may stand between it and its service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

from embedded_aws.gateway.service import Parameters, RequestContext


@dataclass(frozen=True)
class Call:
    """Who calls which operation with what, whoever emulates the service.

    Attributes:
        service: Botocore's name of the service, such as ``stepfunctions``.
        operation: The API operation, such as ``StartExecution``.
        parameters: In botocore's Python form, checked against the service's model.
    """

    context: RequestContext
    service: str
    operation: str
    parameters: Parameters


@dataclass(frozen=True)
class HttpAnswer:
    """Status, headers and body, ready for the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


Handler = Callable[[Call], HttpAnswer]


class Layer(Protocol):
    """A check or a mishap on the way to every service.

    It refuses a call by raising ``ServiceError``, and loses an answer by raising
    ``ConnectionLost`` after ``proceed``.
    """

    def __call__(self, call: Call, proceed: Handler) -> HttpAnswer:
        """Answer the call, as a rule by ``proceed(call)``."""
        ...


class ConnectionLost(ConnectionError):
    """Ends a request without an answer; the HTTP server drops the connection in silence."""


def through(layers: Iterable[Layer], handler: Handler) -> Handler:
    """The handler behind the layers, the first of which sees a call first."""

    def wrapped(inner: Handler, layer: Layer) -> Handler:
        return lambda call: layer(call, inner)

    return reduce(wrapped, reversed(tuple(layers)), handler)
