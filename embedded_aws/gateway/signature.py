"""Who signed a request, for which service and region: all that a signature is read for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto.core.request import Request

_SCOPE = re.compile(r"(?P<key>[^/\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_AUTHORIZATION_V4 = re.compile(r"AWS4-HMAC-SHA256\b.*Credential=(?P<scope>[^,\s]+)")
# SigV2, which boto3 still presigns S3 URLs with.
_AUTHORIZATION_V2 = re.compile(r"AWS (?P<key>[^:\s]+):\S+")


@dataclass(frozen=True)
class Signature:
    """What a signature says; that it is right is not checked.

    Attributes:
        region: Empty where the signature names none (SigV2).
        signing_name: The service's name in the credential scope, such as ``states``.
    """

    access_key_id: str
    region: str
    signing_name: str


def read_signature(request: Request) -> Signature | None:
    """The signature in a request's header or, presigned, in its query; none if unsigned."""
    authorization = request.headers.get("Authorization", "")
    if found := _AUTHORIZATION_V4.match(authorization):
        return _scoped(found["scope"])
    if found := _AUTHORIZATION_V2.match(authorization):
        return Signature(found["key"], "", "s3")
    if credential := request.args.get("X-Amz-Credential"):
        return _scoped(credential)
    if "Signature" in request.args and (key := request.args.get("AWSAccessKeyId")):
        return Signature(key, "", "s3")
    return None


def _scoped(credential: str) -> Signature | None:
    found = _SCOPE.fullmatch(credential)
    return Signature(found["key"], found["region"], found["service"]) if found else None
