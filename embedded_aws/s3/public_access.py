"""Blocks on public access: what would open a bucket to everybody is refused when it is put.

S3 user guide, "Blocking public access to your Amazon S3 storage". That a policy which is there
lets nobody in is the evaluation's part (RestrictPublicBuckets); ACLs let nobody in here at all.
"""

from __future__ import annotations

import json
from typing import Any

from moto.s3.models import s3_backends

from embedded_aws.gateway.call import Call
from embedded_aws.gateway.service import ServiceError

_PUBLIC_ACLS = frozenset({"public-read", "public-read-write", "authenticated-read"})


def check(call: Call) -> None:
    """Refuse a call that would open a bucket whose block says that nothing may.

    Raises:
        ServiceError: ``AccessDenied``; AWS's text is not documented.
    """
    if call.service != "s3" or not _opens(call):
        return
    bucket = s3_backends[call.context.account_id]["aws"].buckets.get(call.parameters["Bucket"])
    block = bucket.public_access_block if bucket else None
    if call.operation == "PutBucketPolicy":
        member, name = "block_public_policy", "BlockPublicPolicy"
    else:
        member, name = "block_public_acls", "BlockPublicAcls"
    if getattr(block, member, False):
        message = f"{call.operation} would open the bucket, which {name} forbids"
        raise ServiceError("AccessDenied", message, status=403)


def _opens(call: Call) -> bool:
    if call.operation == "PutBucketPolicy":
        statements = json.loads(call.parameters["Policy"])["Statement"]
        listed = statements if isinstance(statements, list) else [statements]
        return any(map(_is_public, listed))
    return call.parameters.get("ACL") in _PUBLIC_ACLS


def _is_public(statement: dict[str, Any]) -> bool:
    """Whether a statement lets everybody in; any condition counts here as one that narrows it."""
    everybody = ("*", {"AWS": "*"}, {"AWS": ["*"]})
    is_for_all = statement.get("Principal") in everybody
    return statement["Effect"] == "Allow" and is_for_all and not statement.get("Condition")
