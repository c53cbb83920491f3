"""The loopback HTTP server: no Nagle delay, a thread per connection, which stays open."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, BinaryIO

from embedded_aws.http_exchange import environ_of, read_body, read_head, respond
from embedded_aws.settings import LOOPBACK_HOST

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_BACKLOG = 128


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
        self._listener = socket.create_server((host, port), backlog=_BACKLOG)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._connections: set[socket.socket] | None = set()

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"http://{LOOPBACK_HOST}:{self.port}"

    def start(self, application: WSGIApplication, now: Callable[[], datetime]) -> None:
        """Answer requests in background threads until ``close``, dated by ``now``."""
        self._application, self._now = application, now
        threading.Thread(target=self._accept, name="http-server", daemon=True).start()

    def close(self) -> None:
        """Stop answering, close every connection and free the port."""
        with self._lock:
            open_ones, self._connections = self._connections or set(), None
        with suppress(OSError):
            # Wakes the accepting thread: closing alone does not.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in open_ones:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self._connections is None:
                    connection.close()
                    return
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection.makefile("rb") as stream:
                while self._exchange(connection, stream):
                    continue
        except ConnectionError:
            # The client is gone, or gets no answer: it sees its connection closed.
            return
        finally:
            with self._lock:
                if self._connections is not None:
                    self._connections.discard(connection)
            connection.close()

    def _exchange(self, connection: socket.socket, stream: BinaryIO) -> bool:
        """Answer a request; whether another one may follow."""
        head = read_head(stream)
        if head is None:
            return False
        if head.awaits_permission:
            # At once: S3 clients wait a second for it before the body.
            connection.sendall(_CONTINUE)
        environ = environ_of(head, read_body(stream, head), self.port, LOOPBACK_HOST)
        common = [
            ("Server", "embedded-aws"),
            ("Date", format_datetime(self._now(), usegmt=True)),
            ("Connection", "keep-alive" if head.keeps_connection else "close"),
        ]
        connection.sendall(respond(self._application, environ, common))
        return head.keeps_connection
