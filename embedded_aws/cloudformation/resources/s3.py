"""S3: buckets and their policies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.cloudformation.resources.handler import Context, Handler, Properties, Resource
from embedded_aws.cloudformation.resources.json_text import json_text
from embedded_aws.cloudformation.resources.s3_lifecycle import lifecycle_rules
from embedded_aws.cloudformation.resources.s3_notifications import notifications

_LONGEST_NAME = 63


@dataclass(frozen=True)
class _Aspect:
    """A property of a bucket that has calls of its own to set and to remove it.

    Attributes:
        delete: The call that removes it; without one, ``absent`` is put.
    """

    put: str
    parameter: str
    delete: str | None
    translate: Callable[[Any], Any]
    absent: Any = None


def _as_is(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    return value


def _encryption(value: Any) -> Any:  # noqa: ANN401
    return {
        "Rules": [
            {
                "ApplyServerSideEncryptionByDefault" if name == _DEFAULT else name: item
                for name, item in rule.items()
            }
            for rule in value["ServerSideEncryptionConfiguration"]
        ]
    }


_DEFAULT = "ServerSideEncryptionByDefault"
_LOCKABLE = {"ObjectLockEnabled": "Enabled"}
_ASPECTS = {
    "BucketEncryption": _Aspect(
        "put_bucket_encryption",
        "ServerSideEncryptionConfiguration",
        "delete_bucket_encryption",
        _encryption,
    ),
    "LifecycleConfiguration": _Aspect(
        "put_bucket_lifecycle_configuration",
        "LifecycleConfiguration",
        "delete_bucket_lifecycle",
        lifecycle_rules,
    ),
    "NotificationConfiguration": _Aspect(
        "put_bucket_notification_configuration",
        "NotificationConfiguration",
        None,
        notifications,
        absent={},
    ),
    "OwnershipControls": _Aspect(
        "put_bucket_ownership_controls",
        "OwnershipControls",
        "delete_bucket_ownership_controls",
        _as_is,
    ),
    "PublicAccessBlockConfiguration": _Aspect(
        "put_public_access_block",
        "PublicAccessBlockConfiguration",
        "delete_public_access_block",
        _as_is,
    ),
    "Tags": _Aspect(
        "put_bucket_tagging", "Tagging", "delete_bucket_tagging", lambda tags: {"TagSet": tags}
    ),
    "VersioningConfiguration": _Aspect(
        "put_bucket_versioning",
        "VersioningConfiguration",
        None,
        _as_is,
        absent={"Status": "Suspended"},
    ),
    # It needs versioning, and cannot be turned off again (S3 user guide, "Object Lock").
    "ObjectLockEnabled": _Aspect(
        "put_object_lock_configuration",
        "ObjectLockConfiguration",
        None,
        lambda _: _LOCKABLE,
        absent=_LOCKABLE,
    ),
}


class Bucket(Handler):
    """``AWS::S3::Bucket``; replication, logging and websites are not supported."""

    type = "AWS::S3::Bucket"
    properties = frozenset({"BucketName", *_ASPECTS})
    attributes = frozenset({"Arn", "DomainName", "RegionalDomainName"})

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """CreateBucket succeeds on a bucket that one owns already."""
        s3, name = context.client("s3"), properties.get("BucketName")
        return name is not None and exists(lambda: s3.head_bucket(Bucket=name))

    def create(self, context: Context, properties: Properties) -> str:
        """Create an empty bucket."""
        name: str = properties.get("BucketName") or context.generated_name(_LONGEST_NAME).lower()
        where = {"LocationConstraint": context.region}
        # The one region whose name CreateBucket refuses (API_CreateBucket).
        placed = {} if context.region == "us-east-1" else {"CreateBucketConfiguration": where}
        context.client("s3").create_bucket(Bucket=name, **placed)
        return name

    def complete(self, resource: Resource) -> None:
        """Set every aspect that has a call of its own."""
        self.update(replace(resource, properties={}), resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN and domain names, which follow from the name."""
        name, region = resource.physical_id, resource.context.region
        return {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Set or remove each aspect that differs."""
        s3 = resource.client("s3")
        for name, aspect in _ASPECTS.items():
            if new.get(name) == resource.properties.get(name):
                continue
            if name not in new and aspect.delete is not None:
                getattr(s3, aspect.delete)(Bucket=resource.physical_id)
                continue
            value = aspect.translate(new[name]) if name in new else aspect.absent
            getattr(s3, aspect.put)(Bucket=resource.physical_id, **{aspect.parameter: value})

    def delete(self, resource: Resource) -> None:
        """Delete the bucket, which must be empty."""
        resource.client("s3").delete_bucket(Bucket=resource.physical_id)


class BucketPolicy(Handler):
    """``AWS::S3::BucketPolicy``."""

    type = "AWS::S3::BucketPolicy"
    properties = frozenset({"Bucket", "PolicyDocument"})

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """PutBucketPolicy replaces a policy."""
        s3, bucket = context.client("s3"), properties["Bucket"]
        return exists(lambda: s3.get_bucket_policy(Bucket=bucket))

    def create(self, context: Context, properties: Properties) -> str:
        """Put the policy on its bucket."""
        bucket: str = properties["Bucket"]
        self.update(Resource(context, bucket, {}), properties)
        return bucket

    def update(self, resource: Resource, new: Properties) -> None:
        """Replace the policy."""
        document = json_text(new["PolicyDocument"])
        resource.client("s3").put_bucket_policy(Bucket=resource.physical_id, Policy=document)

    def delete(self, resource: Resource) -> None:
        """Remove the policy from its bucket."""
        resource.client("s3").delete_bucket_policy(Bucket=resource.physical_id)
