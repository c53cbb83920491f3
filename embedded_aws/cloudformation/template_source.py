"""Fetches the template that a request means: given in full, by S3 URL, or the previous one."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import ClientError

from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.records import Revision
from embedded_aws.gateway.service import Parameters

# "CloudFormation quotas": a template in a request; one in S3 may have 1 MB.
_LONGEST_BODY_BYTES = 51_200
_VIRTUAL_HOST = re.compile(r"^(?P<bucket>.+)\.s3[.-][a-z0-9.-]*amazonaws\.com$")


def template_body(request: Parameters, s3: Any, previous: Revision | None) -> str:  # noqa: ANN401
    """The template's text.

    Raises:
        TemplateError: no template is given, or S3 does not have it.
    """
    if "TemplateBody" in request:
        return _within_limit(request["TemplateBody"])
    if "TemplateURL" in request:
        return _stored(request["TemplateURL"], s3)
    if request.get("UsePreviousTemplate") and previous is not None:
        return previous.body
    raise TemplateError("Either Template URL or Template Body must be specified.")


def _within_limit(body: str) -> str:
    if len(body.encode()) > _LONGEST_BODY_BYTES:
        raise TemplateError(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_LONGEST_BODY_BYTES}; "
            "put the template into S3 and give its TemplateURL"
        )
    return body


def _stored(url: str, s3: Any) -> str:  # noqa: ANN401
    try:
        return str(s3.get_object(**_location(url))["Body"].read().decode())
    except ClientError as error:
        message = f"S3 error: {error.response['Error']['Message']} ({url})"
        raise TemplateError(message) from error


def _location(url: str) -> dict[str, str]:
    """Bucket, key and version of a path-style or virtual-hosted URL."""
    parts = urlsplit(url)
    path = unquote(parts.path).lstrip("/")
    hosted = _VIRTUAL_HOST.match(parts.hostname or "")
    bucket, key = (hosted["bucket"], path) if hosted else path.partition("/")[::2]
    if not bucket or not key:
        raise TemplateError(f"TemplateURL must be a supported URL, not {url}")
    version = parse_qs(parts.query).get("versionId")
    return {"Bucket": bucket, "Key": key, **({"VersionId": version[0]} if version else {})}
