"""One HTTP/1.1 exchange on a loopback connection, as WSGI knows it.

The development servers at hand close each connection after one answer, and read headers as if
they were e-mail: together that costs as much as answering.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

from moto.core.request import (
    PRESERVED_HEADER_NAMES_ENVIRON_KEY,
    environ_key_for_header,
    should_preserve_original_header_name,
)

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_LONGEST_LINE = 1 << 16
_MOST_HEADERS = 200
_WITHOUT_BODY = frozenset({204, 304})


class BadRequest(ConnectionError):
    """What came is no HTTP; nothing can be answered."""


@dataclass(frozen=True)
class Head:
    """The request line and the headers of a request.

    Attributes:
        headers: Names as they were sent.
    """

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """A header's value, empty if it was not sent; ``name`` is in lower case."""
        return next((value for sent, value in self.headers if sent.lower() == name), "")

    @property
    def keeps_connection(self) -> bool:
        """Whether another request may follow on the connection."""
        return self.version == "HTTP/1.1" and self.get("connection").lower() != "close"

    @property
    def awaits_permission(self) -> bool:
        """Whether the client holds the body back until it is asked for it."""
        return self.get("expect").lower() == "100-continue"


def read_head(stream: BinaryIO) -> Head | None:
    """The next request on a connection; none where the client has closed it.

    Raises:
        BadRequest: it is no HTTP.
    """
    line = stream.readline(_LONGEST_LINE)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3:  # noqa: PLR2004  # method, target, version
        raise BadRequest(f"no request line: {line!r}")
    headers: list[tuple[str, str]] = []
    while (line := stream.readline(_LONGEST_LINE)) not in (b"\r\n", b"\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or len(headers) == _MOST_HEADERS:
            raise BadRequest(f"no header: {line!r}")
        headers.append((name, value.strip()))
    return Head(words[0], words[1], words[2], tuple(headers))


def read_body(stream: BinaryIO, head: Head) -> bytes:
    """A request's body, whole.

    Raises:
        BadRequest: it ends early.
    """
    if "chunked" in head.get("transfer-encoding").lower():
        return b"".join(_chunks(stream))
    return _exactly(stream, int(head.get("content-length") or 0))


def environ_of(head: Head, body: bytes, port: int, host: str) -> WSGIEnvironment:
    """The request as WSGI's environment, with moto's own entries."""
    target = urlsplit(head.target)
    # A path that starts with two slashes looks like a host.
    path = head.target.partition("?")[0] if not target.scheme else target.path
    environ: dict[str, Any] = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": target.query,
        "REQUEST_URI": head.target,
        "RAW_URI": head.target,
        "REMOTE_ADDR": host,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": head.version,
        **_header_entries(head),
    }
    return environ


def respond(
    application: WSGIApplication, environ: WSGIEnvironment, common: Iterable[tuple[str, str]]
) -> bytes:
    """An application's whole answer as bytes on the wire."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Callable[..., None]:
        begun.append((status, headers))
        return _write_nothing

    body = b"".join(application(environ, start))
    status, headers = begun[-1]
    named = {name.lower() for name, _ in headers}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
    lines += [f"{name}: {value}" for name, value in common if name.lower() not in named]
    if "content-length" not in named and int(status[:3]) not in _WITHOUT_BODY:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _write_nothing(_: bytes) -> None:
    """WSGI's ``write`` is for frameworks older than this one."""


def _header_entries(head: Head) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    preserved: dict[str, str] = {}
    for name, value in sorted(head.headers, key=lambda header: "_" in header[0]):
        key = environ_key_for_header(name)
        if "_" in name:
            # WSGI cannot tell it from a dashed one, for which it must not stand in.
            is_known = key in entries and key not in preserved
            if is_known or not should_preserve_original_header_name(name):
                continue
            preserved.setdefault(key, name)
        entries[key] = f"{entries[key]},{value}" if key in entries else value
    return {**entries, PRESERVED_HEADER_NAMES_ENVIRON_KEY: preserved}


def _chunks(stream: BinaryIO) -> Iterable[bytes]:
    while size := int(stream.readline(_LONGEST_LINE).partition(b";")[0], 16):
        yield _exactly(stream, size)
        stream.readline(_LONGEST_LINE)
    while stream.readline(_LONGEST_LINE) not in (b"\r\n", b"\n", b""):
        continue


def _exactly(stream: BinaryIO, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise BadRequest(f"the body ends after {len(body)} of {size} bytes")
    return body
