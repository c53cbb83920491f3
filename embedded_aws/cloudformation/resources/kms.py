"""KMS: keys and their aliases."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)
from embedded_aws.cloudformation.resources.json_text import json_text

_PENDING_WINDOW_DAYS = 30


class Key(Handler):
    """``AWS::KMS::Key``."""

    type = "AWS::KMS::Key"
    properties = frozenset(
        {
            "Description",
            "EnableKeyRotation",
            "Enabled",
            "KeyPolicy",
            "KeySpec",
            "KeyUsage",
            "PendingWindowInDays",
            "Tags",
        }
    )
    attributes = frozenset({"Arn", "KeyId"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the key."""
        created = context.client("kms").create_key(
            **subset(properties, ("Description", "KeySpec", "KeyUsage")),
            Policy=_policy(context, properties),
            Tags=_tag_list(tags.as_map(properties.get("Tags"))),
        )
        return str(created["KeyMetadata"]["KeyId"])

    def complete(self, resource: Resource) -> None:
        """Set rotation and state."""
        _set_switches(resource.client("kms"), resource.physical_id, {}, resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """ARN and id."""
        return {
            "Arn": resource.context.arn("kms", f"key/{resource.physical_id}"),
            "KeyId": resource.physical_id,
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Change policy, description, rotation, state and tags."""
        kms = resource.client("kms")
        policy = _policy(resource.context, new)
        kms.put_key_policy(KeyId=resource.physical_id, PolicyName="default", Policy=policy)
        description = new.get("Description", "")
        kms.update_key_description(KeyId=resource.physical_id, Description=description)
        _set_switches(kms, resource.physical_id, resource.properties, new)
        change = tags.change(resource.properties, new)
        if change.removed:
            kms.untag_resource(KeyId=resource.physical_id, TagKeys=change.removed)
        if change.added:
            kms.tag_resource(KeyId=resource.physical_id, Tags=_tag_list(dict(change.added)))

    def delete(self, resource: Resource) -> None:
        """Schedule the deletion; KMS keys outlive their stack by their pending window."""
        days = resource.properties.get("PendingWindowInDays", _PENDING_WINDOW_DAYS)
        resource.client("kms").schedule_key_deletion(
            KeyId=resource.physical_id, PendingWindowInDays=days
        )


class Alias(Handler):
    """``AWS::KMS::Alias``."""

    type = "AWS::KMS::Alias"
    properties = frozenset({"AliasName", "TargetKeyId"})

    def create(self, context: Context, properties: Properties) -> str:
        """Point a new alias at its key."""
        context.client("kms").create_alias(**properties)
        return str(properties["AliasName"])

    def update(self, resource: Resource, new: Properties) -> None:
        """Point the alias at another key."""
        resource.client("kms").update_alias(
            AliasName=resource.physical_id, TargetKeyId=new["TargetKeyId"]
        )

    def delete(self, resource: Resource) -> None:
        """Delete the alias."""
        resource.client("kms").delete_alias(AliasName=resource.physical_id)


def _policy(context: Context, properties: Properties) -> str:
    """The key's policy, or the one that KMS gives ("Default key policy")."""
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{context.account_id}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    default = {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}
    return json_text(properties.get("KeyPolicy", default))


def _tag_list(tag_map: dict[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in tag_map.items()]


def _set_switches(kms: Any, key_id: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    if new.get("EnableKeyRotation", False) != old.get("EnableKeyRotation", False):
        rotates = new.get("EnableKeyRotation", False)
        (kms.enable_key_rotation if rotates else kms.disable_key_rotation)(KeyId=key_id)
    if new.get("Enabled", True) != old.get("Enabled", True):
        enabled = new.get("Enabled", True)
        (kms.enable_key if enabled else kms.disable_key)(KeyId=key_id)
