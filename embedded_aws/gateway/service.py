"""What a service of the embedded AWS is to the front door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Parameters = dict[str, Any]
Result = Mapping[str, Any]


@dataclass(frozen=True)
class RequestContext:
    """Who asks, and where.

    Attributes:
        access_key_id: The key that signed the request, empty when unsigned.
        request_id: The id that the response carries.
        trace_id: The request's ``X-Amzn-Trace-Id``, which the SDKs send from within a function.
        principal_arn: The user or role that the key stands for, once that is known.
        is_secure: Whether it came by TLS, for which loopback stands.
    """

    account_id: str
    region: str
    access_key_id: str
    request_id: str
    trace_id: str = ""
    principal_arn: str = ""
    is_secure: bool = True


Operation = Callable[[Parameters, RequestContext], Result | None]


class Service(Protocol):
    """A natively emulated AWS service.

    ``name`` is botocore's service name; ``operations`` maps API operation names to
    callables that take the parsed parameters (botocore's Python form: datetimes are
    aware, blobs are bytes) and return the output in the same form.
    """

    name: str

    def operations(self) -> Mapping[str, Operation]:
        """Every operation that this service answers; any other is refused with 501."""
        ...

    def close(self) -> None:
        """End every thread and child process of this service."""
        ...


class ServiceError(Exception):
    """An error that the client sees: AWS's code, a message and an HTTP status."""

    def __init__(self, code: str, message: str, *, status: int = 400, **members: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        # Where the serializer looks for the further members of an error's shape.
        vars(self).update(members)
