"""The loopback HTTP server: no Nagle delay, a thread per connection, a connection per request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

from embedded_aws.settings import LOOPBACK_HOST

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Server(ThreadedWSGIServer):
    now: Callable[[], datetime]


class _Handler(MotoRequestHandler):  # type: ignore[misc]  # moto is untyped
    server: _Server
    protocol_version = "HTTP/1.1"
    # Without these two, a small answer waits some 40 ms for the client's delayed ACK.
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_expect_100(self) -> bool:
        """Send ``100 Continue`` at once: S3 clients wait a second for it before the body."""
        proceed: bool = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The ``Date`` of an answer: virtual, like every time in its body."""
        seconds = self.server.now().timestamp() if timestamp is None else timestamp
        text: str = super().date_time_string(seconds)
        return text

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:  # noqa: ARG002
        """Close the connection: whoever waits for an answer on it gets none."""
        self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay silent: callers see their own answers."""


class NotLoopback(ValueError):
    """An address that others than this machine can reach."""


class HttpServer:
    """Serves one WSGI application on a loopback port that is bound at construction.

    Raises:
        NotLoopback: the host is another address.
    """

    def __init__(self, port: int, host: str = LOOPBACK_HOST) -> None:
        if not ip_address(host).is_loopback:
            raise NotLoopback(
                f"{host} can be reached from other machines, and nothing here checks a signature; "
                f"listen on {LOOPBACK_HOST}"
            )
        self._socket = socket.create_server((host, port))
        self.port: int = self._socket.getsockname()[1]
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"http://{LOOPBACK_HOST}:{self.port}"

    def start(self, application: WSGIApplication, now: Callable[[], datetime]) -> None:
        """Answer requests in background threads until ``close``, dated by ``now``."""
        self._server = _Server(
            LOOPBACK_HOST, self.port, application, handler=_Handler, fd=self._socket.fileno()
        )
        self._server.now = now
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def close(self) -> None:
        """Stop answering and free the port."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        self._socket.close()
