"""Requests as no SDK would send them, and answers as they are on the wire."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from embedded_aws.gateway.protocol import service_model
from embedded_aws.instance import Instance


@dataclass(frozen=True)
class Reply:
    """What came back over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error code, wherever the protocol puts it."""
        if "x-amzn-errortype" in self.headers:
            return self.headers["x-amzn-errortype"]
        return self.text("Code")

    def text(self, tag: str) -> str:
        """The first element of that name in an XML body."""
        found = [item for item in ET.fromstring(self.body).iter() if item.tag.split("}")[-1] == tag]  # noqa: S314  # our own answer
        return found[0].text or ""


def request(
    url: str, method: str, body: bytes | None, headers: dict[str, str], scope: str
) -> Reply:
    """Send a request, signed for ``region/service`` or, without a scope, not at all."""
    credential = f"Credential=AKIDUSER/20261101/{scope}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=unused"
    signed = {"Authorization": authorization} if scope else {}
    sent = urllib.request.Request(  # noqa: S310  # loopback
        url, data=body, method=method, headers={**signed, **headers}
    )
    try:
        with urllib.request.urlopen(sent) as answer:  # noqa: S310  # loopback
            return reply(answer)
    except HTTPError as refused:
        with refused:
            return reply(refused)


def reply(answer: Any) -> Reply:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Reply(answer.status, headers, answer.read())


@pytest.fixture(scope="module")
def sagemaker(aws: Instance) -> Callable[..., Reply]:
    """Call an operation of a JSON-RPC service with any body at all."""

    def call(operation: str, body: object, *, region: str = "us-east-1") -> Reply:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {
            "X-Amz-Target": f"SageMaker.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        return request(aws.url, "POST", content, headers, f"{region}/sagemaker")

    return call


@pytest.fixture(scope="module")
def aws_lambda(aws: Instance) -> Callable[..., Reply]:
    """Call a REST service by method and path."""

    def call(method: str, path: str, body: object = None) -> Reply:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return request(f"{aws.url}{path}", method, content, headers, "us-east-1/lambda")

    return call


@pytest.fixture(scope="module")
def json_call(aws: Instance) -> Callable[..., Reply]:
    """Call an operation of any JSON-RPC service."""

    def call(service: str, operation: str, body: object, *, scope: str | None = None) -> Reply:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        prefix = service_model(service).metadata["targetPrefix"]
        headers = {
            "X-Amz-Target": f"{prefix}.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        signed_for = f"us-east-1/{service_model(service).signing_name}"
        return request(aws.url, "POST", content, headers, signed_for if scope is None else scope)

    return call


@pytest.fixture(scope="module")
def form_call(aws: Instance) -> Callable[..., Reply]:
    """Call an operation of a query service."""

    def call(service: str, operation: str, *, scope: str | None = None, **fields: str) -> Reply:
        version = service_model(service).api_version
        body = urlencode({"Action": operation, "Version": version, **fields}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        signed_for = f"us-east-1/{service_model(service).signing_name}"
        return request(aws.url, "POST", body, headers, signed_for if scope is None else scope)

    return call


@pytest.fixture(scope="module")
def s3_call(aws: Instance) -> Callable[..., Reply]:
    """Call S3 by method and path."""

    def call(
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        scope: str = "us-east-1/s3",
        **headers: str,
    ) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return request(f"{aws.url}{path}", method, body, named, scope)

    return call


@pytest.fixture(scope="module")
def wire(aws: Instance) -> Callable[..., Reply]:
    """Send any request at all."""

    def send(method: str, path: str, body: bytes, headers: dict[str, str], scope: str) -> Reply:
        return request(f"{aws.url}{path}", method, body, headers, scope)

    return send
