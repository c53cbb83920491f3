"""Which service a request is for, as AWS's own endpoints would know by their host."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from moto.core.request import Request

from embedded_aws.gateway.protocol import service_model
from embedded_aws.gateway.signature import Signature

_BOTOCORE_NAMES: Mapping[str, str] = {
    "states": "stepfunctions",
    "monitoring": "cloudwatch",
    "cloudcontrolapi": "cloudcontrol",
}
_RUNTIME_PATH = re.compile(r"^/endpoints/[^/]+/(async-)?invocations")
_LAMBDA_PATH = re.compile(r"^/\d{4}-\d{2}-\d{2}/")
_VIRTUAL_HOST = re.compile(
    r"(?P<bucket>.+?)(?:\.s3)?\.(?P<host>(?:localhost|127\.0\.0\.1)(?::\d+)?)"
)


def addressed_service(request: Request, signature: Signature | None, served: frozenset[str]) -> str:
    """Botocore's name of the service that a request is for, by its signature if it has one."""
    if signature is None:
        return _unsigned_service(request, served)
    if signature.signing_name == "sagemaker" and _RUNTIME_PATH.match(request.path):
        return "sagemaker-runtime"
    name = signature.signing_name
    return _BOTOCORE_NAMES.get(name, name)


def path_style(request: Request) -> Request:
    """An S3 request with the bucket in its path, where its host named the bucket.

    Hosts like ``bucket.localhost`` come from clients whose endpoint is ``http://localhost``.
    """
    environ = request.environ
    named = _VIRTUAL_HOST.fullmatch(environ.get("HTTP_HOST", ""))
    if named is None:
        return request
    raw = f"/{named['bucket']}{environ.get('RAW_URI') or environ['PATH_INFO']}"
    path = f"/{named['bucket']}{environ['PATH_INFO']}"
    moved = {"PATH_INFO": path, "RAW_URI": raw, "REQUEST_URI": raw, "HTTP_HOST": named["host"]}
    body = io.BytesIO(request.get_data(cache=True))
    return Request({**environ, **moved, "wsgi.input": body})


def _unsigned_service(request: Request, served: frozenset[str]) -> str:
    target = request.headers.get("X-Amz-Target", "").partition(".")[0]
    version = _form_version(request)
    for name in sorted(served):
        metadata = service_model(name).metadata
        if target and metadata.get("targetPrefix") == target:
            return name
        if version and metadata.get("apiVersion") == version:
            return name
    return "lambda" if _LAMBDA_PATH.match(request.path) else "s3"


def _form_version(request: Request) -> str:
    if request.mimetype != "application/x-www-form-urlencoded":
        return ""
    form: dict[str, list[str]] = parse_qs(request.get_data(cache=True, as_text=True))
    return form.get("Version", [""])[0]
