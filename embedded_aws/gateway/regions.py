"""One instance is one region: which signatures for others its services take all the same."""

from __future__ import annotations

from embedded_aws.gateway.service import ServiceError

# Where global services are signed for ("Service endpoints" of IAM and STS, AWS reference).
_GLOBAL_REGION = "us-east-1"
_GLOBAL_SERVICES = frozenset({"iam", "sts"})
_REGION_FREE_OPERATIONS = frozenset({"ListBuckets"})


def check_region(service: str, operation: str, signed_for: str, instance_region: str) -> None:
    """Refuse a request that AWS would have received in another region.

    Raises:
        ServiceError: S3's ``AuthorizationHeaderMalformed`` names the right region, which SDKs
            follow; anything else is ``InvalidRegion``, a code of this instance alone.
    """
    if signed_for in {instance_region, ""} or operation in _REGION_FREE_OPERATIONS:
        return
    if service in _GLOBAL_SERVICES and signed_for == _GLOBAL_REGION:
        return
    # A bucket that a client makes in another region must not end up in this one.
    if service == "s3" and operation != "CreateBucket":
        raise ServiceError(
            "AuthorizationHeaderMalformed",
            f"The authorization header is malformed; the region '{signed_for}' is wrong; "
            f"expecting '{instance_region}'",
            Region=instance_region,
        )
    message = f"this instance serves {instance_region}, not {signed_for}"
    raise ServiceError("InvalidRegion", message)
