"""Requests as no SDK would send them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import pytest

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
        return self.headers["x-amzn-errortype"]


def request(
    url: str, method: str, body: bytes | None, headers: dict[str, str], scope: str
) -> Reply:
    credential = f"Credential=AKIDUSER/20261101/{scope}/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=unused"
    sent = urllib.request.Request(  # noqa: S310  # loopback
        url, data=body, method=method, headers={"Authorization": authorization, **headers}
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
