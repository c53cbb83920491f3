from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from moto.core.request import Request

from embedded_aws.http_exchange import BadRequest, Head, environ_of, read_body, read_head, respond

CHUNKED = (
    b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
)


def received(sent: bytes) -> tuple[Head, bytes]:
    stream = io.BytesIO(sent)
    head = read_head(stream)
    assert head is not None
    return head, read_body(stream, head)


def request_of(sent: bytes) -> Request:
    head, body = received(sent)
    return Request(environ_of(head, body, 4566, "127.0.0.1"))


def test_a_request_reaches_the_application_whole() -> None:
    request = request_of(
        b"POST /a%20b/%C3%A9?x=1&y=%26 HTTP/1.1\r\nHost: here:1\r\nContent-Type: text/plain\r\n"
        b"X-Amz-Target: A.B\r\nContent-Length: 3\r\n\r\nabc"
    )
    assert (request.method, request.path, dict(request.args)) == (
        "POST",
        "/a b/é",
        {"x": "1", "y": "&"},
    )
    assert (request.host, request.content_type, request.headers["X-Amz-Target"]) == (
        "here:1",
        "text/plain",
        "A.B",
    )
    assert (request.get_data(), request.environ["RAW_URI"]) == (b"abc", "/a%20b/%C3%A9?x=1&y=%26")


def test_two_slashes_at_the_start_of_a_path_are_no_host() -> None:
    request = request_of(b"GET //bucket/key HTTP/1.1\r\n\r\n")
    assert request.environ["PATH_INFO"] == "//bucket/key"


def test_a_header_that_comes_twice_is_one_with_both_values() -> None:
    request = request_of(b"GET / HTTP/1.1\r\nA-B: 1\r\na-b: 2\r\n\r\n")
    assert request.headers["A-B"] == "1,2"


def test_the_underscore_in_the_name_of_metadata_stays() -> None:
    request = request_of(
        b"PUT / HTTP/1.1\r\nx-amz-meta-a_b: 1\r\nx-amz-meta-c_d: 2\r\nx-amz-meta-c-d: 3\r\n"
        b"x_other: 4\r\n\r\n"
    )
    sent = {name.lower(): value for name, value in request.headers.items()}
    assert (sent["x-amz-meta-a_b"], sent["x-amz-meta-c-d"]) == ("1", "3")
    assert "x-other" not in sent


def test_a_body_in_chunks_is_put_together() -> None:
    assert received(CHUNKED)[1] == b"abcde"


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b",
        b"PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
    ],
)
def test_what_is_no_request_ends_the_connection(sent: bytes) -> None:
    with pytest.raises(BadRequest):
        received(sent)


def test_a_client_that_has_gone_sends_no_request() -> None:
    assert read_head(io.BytesIO(b"")) is None


@pytest.mark.parametrize(
    ("sent", "keeps"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
    ],
)
def test_a_connection_stays_open_as_the_client_wishes(sent: bytes, *, keeps: bool) -> None:
    assert received(sent)[0].keeps_connection is keeps


def test_an_answer_gets_its_length_and_what_it_does_not_say_itself() -> None:
    def application(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [("Server", "its own")])
        return [b"ab", b"c"]

    answer = respond(application, {}, [("Server", "common"), ("Date", "today")])
    assert answer == (
        b"HTTP/1.1 200 OK\r\nServer: its own\r\nDate: today\r\nContent-Length: 3\r\n\r\nabc"
    )
