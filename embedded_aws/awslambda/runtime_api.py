"""The Lambda Runtime API on loopback: how one execution environment gets work and answers.

AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from socket import create_connection

from embedded_aws.settings import LOOPBACK_HOST

MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100

_PREFIX = "/2018-06-01/runtime/"
_ANSWER = re.compile(_PREFIX + r"invocation/([^/]+)/(response|error)")


@dataclass(frozen=True)
class Invocation:
    """One event for a function, as the runtime gets it."""

    request_id: str
    function_arn: str
    payload: bytes
    trace_id: str
    client_context: str = ""

    def headers(self, deadline_ms: int) -> dict[str, str]:
        """The headers of the Runtime API's next-invocation answer."""
        optional = {"Lambda-Runtime-Client-Context": self.client_context}
        return {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": self.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": self.function_arn,
            "Lambda-Runtime-Trace-Id": self.trace_id,
            **{name: value for name, value in optional.items() if value},
        }


@dataclass(frozen=True)
class Initialised:
    """The runtime asked for work for the first time, at this monotonic instant."""

    at: float


@dataclass(frozen=True)
class InitFailed:
    """The runtime could not load the handler."""

    payload: bytes


@dataclass(frozen=True)
class Answered:
    """The handler returned, or raised (``is_error``)."""

    request_id: str
    payload: bytes
    is_error: bool


@dataclass(frozen=True)
class Oversized:
    """The handler returned more than Lambda lets through."""

    size_bytes: int


@dataclass(frozen=True)
class Exited:
    """The process is gone."""

    code: int


@dataclass(frozen=True)
class TimedOut:
    """The function's time is over, in virtual time."""

    request_id: str


RuntimeEvent = Initialised | InitFailed | Answered | Oversized | Exited | TimedOut


class RuntimeApi:
    """Serves one environment; what the runtime says arrives in ``events``, in order."""

    def __init__(self) -> None:
        self.events: SimpleQueue[RuntimeEvent] = SimpleQueue()
        self._invocations: SimpleQueue[tuple[Invocation, int] | None] = SimpleQueue()
        self._initialised = False
        self._closing = False
        self._server = _Server(self)
        threading.Thread(target=self._serve, name="lambda-runtime-api", daemon=True).start()

    @property
    def address(self) -> str:
        """The value of ``AWS_LAMBDA_RUNTIME_API``."""
        return f"{LOOPBACK_HOST}:{self._server.server_port}"

    def offer(self, invocation: Invocation, *, deadline_ms: int) -> None:
        """Hand the runtime its next invocation; the deadline is in machine time, like its clock."""
        self._invocations.put((invocation, deadline_ms))

    def close(self) -> None:
        """Stop serving and free the port."""
        self._closing = True
        self._invocations.put(None)
        # Wakes the accepting thread: closing a listening socket does not.
        create_connection((LOOPBACK_HOST, self._server.server_port)).close()

    def next_invocation(self) -> tuple[Invocation, int] | None:
        """Wait for work and its deadline; ``None`` once closed."""
        if not self._initialised:
            self._initialised = True
            self.events.put(Initialised(time.monotonic()))
        return self._invocations.get()

    def _serve(self) -> None:
        with self._server:
            while not self._closing:
                self._server.handle_request()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, api: RuntimeApi) -> None:
        super().__init__((LOOPBACK_HOST, 0), _Handler)
        self.api = api

    def handle_error(self, *_: object) -> None:
        """Stay silent: a killed process resets its connections."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without these two, a small answer waits some 40 ms for the client's delayed ACK.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:  # the name http.server calls
        if self.path != f"{_PREFIX}invocation/next":
            self._reply(HTTPStatus.NOT_FOUND, b"{}", {})
            return
        offered = self.server.api.next_invocation()
        if offered is None:
            self.close_connection = True
        else:
            invocation, deadline_ms = offered
            self._reply(HTTPStatus.OK, invocation.payload, invocation.headers(deadline_ms))

    def do_POST(self) -> None:  # the name http.server calls
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = _ANSWER.fullmatch(self.path)
        status = HTTPStatus.ACCEPTED
        event: RuntimeEvent
        if answer is not None and len(body) > MAX_RESPONSE_BYTES:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            event = Oversized(len(body))
        elif answer is not None:
            event = Answered(answer[1], body, is_error=answer[2] == "error")
        elif self.path == f"{_PREFIX}init/error":
            event = InitFailed(body)
        else:
            self._reply(HTTPStatus.NOT_FOUND, b"{}", {})
            return
        # The reply first: once the event is out, the environment may be closed under us.
        self._reply(status, b'{"status":"OK"}', {"Content-Type": "application/json"})
        self.server.api.events.put(event)

    def _reply(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Stay silent: this is plumbing."""
