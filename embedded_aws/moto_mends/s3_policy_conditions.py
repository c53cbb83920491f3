"""Moto denies by any bucket-policy statement with a Condition, so a TLS-only bucket is locked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend

_STOCK = FakeBucket.get_permission
_STOCK_PUT = S3Backend.put_bucket_policy

_Statement = Mapping[str, Any]


def apply() -> None:
    """Take the two conditional statements that decide nothing here, and refuse every other one.

    Moto gives its check no request context at all, and takes a condition that it cannot
    evaluate for a denial. Neither of these two ever holds for a request to this instance:

    - any statement under ``Bool`` ``aws:SecureTransport`` ``false``: loopback stands for TLS;
    - an Allow to service principals under ``StringEquals`` ``aws:SourceAccount``, which is
      known only of a request that such a service makes (as in SAM's own bucket policy).

    PutBucketPolicy refuses any other condition, so that none is ignored silently.
    """
    FakeBucket.get_permission = _get_permission
    S3Backend.put_bucket_policy = _put_bucket_policy


def _get_permission(self: Any, action: str, resource: str) -> PermissionResult:  # noqa: ANN401
    if self.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(self.policy)
    unconditional = [item for item in _statements(document) if not item.get("Condition")]
    judged = json.dumps({**document, "Statement": unconditional})
    return IAMPolicy(judged).is_action_permitted(action, resource)


def _put_bucket_policy(self: Any, bucket_name: str, policy: bytes) -> None:  # noqa: ANN401
    try:
        statements = _statements(json.loads(policy))
    except (AttributeError, KeyError, TypeError, ValueError) as malformed:
        message = f"The policy of bucket {bucket_name} is no JSON policy: {malformed!r}"
        raise S3ClientError("MalformedPolicy", message) from malformed
    for statement in statements:
        if statement.get("Condition") and not _never_holds(statement):
            # An answer of 400, since clients retry a 501 of S3.
            raise S3ClientError("NotImplemented", _refusal(bucket_name, statement["Condition"]))
    _STOCK_PUT(self, bucket_name, policy)


def _refusal(bucket_name: str, condition: object) -> str:
    return (
        f"the embedded AWS does not evaluate the condition {json.dumps(condition)} in the policy "
        f'of bucket {bucket_name}; it knows only Bool aws:SecureTransport "false", and '
        "StringEquals aws:SourceAccount where a service principal is allowed something"
    )


def _never_holds(statement: _Statement) -> bool:
    match statement["Condition"]:
        case {"Bool": {"aws:SecureTransport": "false" | False, **keys}, **operators}:
            return not keys and not operators
        case {"StringEquals": {"aws:SourceAccount": _, **keys}, **operators}:
            return not keys and not operators and _allows_services_only(statement)
        case _:
            return False


def _allows_services_only(statement: _Statement) -> bool:
    principal = statement.get("Principal")
    return (
        statement.get("Effect") == "Allow"
        and isinstance(principal, Mapping)
        and set(principal) == {"Service"}
    )


def _statements(document: Mapping[str, Any]) -> list[_Statement]:
    listed = document["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    if not all(isinstance(item, dict) for item in statements):
        message = "a statement must be an object"
        raise TypeError(message)
    return statements
