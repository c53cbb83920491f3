"""Who makes a call, in the word by which a fault names callers."""

from __future__ import annotations

from embedded_aws.faults.match import AWS_ITSELF
from embedded_aws.gateway.service import RequestContext
from embedded_aws.service_principals import SERVICE_ACCESS_KEY_ID


def caller_of(context: RequestContext) -> str:
    """The ARN of the role whose session signed, else the key; ``aws`` for AWS's own doings."""
    key = context.access_key_id
    if key == SERVICE_ACCESS_KEY_ID:
        return AWS_ITSELF
    return context.principal_arn if ":role/" in context.principal_arn else key
