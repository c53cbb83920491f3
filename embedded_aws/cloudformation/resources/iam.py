"""IAM: roles, inline policies and customer-managed policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.absence import tolerating_absence
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    changed,
    subset,
)
from embedded_aws.cloudformation.resources.json_text import json_text

_MOST_VERSIONS = 5


class Role(Handler):
    """``AWS::IAM::Role``."""

    type = "AWS::IAM::Role"
    properties = frozenset(
        {
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies",
            "RoleName",
            "Tags",
        }
    )
    attributes = frozenset({"Arn", "RoleId"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the role without its permissions."""
        name: str = properties.get("RoleName") or context.generated_name()
        context.client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json_text(properties["AssumeRolePolicyDocument"]),
            **subset(
                properties,
                ("Description", "MaxSessionDuration", "Path", "PermissionsBoundary", "Tags"),
            ),
        )
        return name

    def complete(self, resource: Resource) -> None:
        """Attach the managed policies and put the inline ones."""
        _update_permissions(resource.client("iam"), resource.physical_id, {}, resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """ARN and id."""
        role = resource.client("iam").get_role(RoleName=resource.physical_id)["Role"]
        return {"Arn": role["Arn"], "RoleId": role["RoleId"]}

    def update(self, resource: Resource, new: Properties) -> None:
        """Change trust, limits, tags and permissions."""
        iam = resource.client("iam")
        trust = json_text(new["AssumeRolePolicyDocument"])
        iam.update_assume_role_policy(RoleName=resource.physical_id, PolicyDocument=trust)
        if changed(resource.properties, new, ("Description", "MaxSessionDuration")):
            iam.update_role(
                RoleName=resource.physical_id,
                Description=new.get("Description", ""),
                MaxSessionDuration=new.get("MaxSessionDuration", 3600),
            )
        _update_boundary(iam, resource.physical_id, resource.properties, new)
        _update_tags(iam, resource.physical_id, resource.properties, new)
        _update_permissions(iam, resource.physical_id, resource.properties, new)

    def delete(self, resource: Resource) -> None:
        """Take the role's permissions away, then delete it."""
        iam = resource.client("iam")
        _update_permissions(iam, resource.physical_id, resource.properties, {})
        iam.delete_role(RoleName=resource.physical_id)


class InlinePolicy(Handler):
    """``AWS::IAM::Policy``: one inline policy on roles; users and groups are not supported."""

    type = "AWS::IAM::Policy"
    properties = frozenset({"PolicyDocument", "PolicyName", "Roles"})

    def create(self, context: Context, properties: Properties) -> str:
        """Put the policy on its roles."""
        self.update(Resource(context, "", {}), properties)
        return context.generated_name()

    def update(self, resource: Resource, new: Properties) -> None:
        """Put the policy on the roles that it has now, and take it off the others."""
        iam = resource.client("iam")
        document = json_text(new["PolicyDocument"])
        for role in new["Roles"]:
            iam.put_role_policy(
                RoleName=role, PolicyName=new["PolicyName"], PolicyDocument=document
            )
        renamed = resource.properties.get("PolicyName", new["PolicyName"]) != new["PolicyName"]
        for role in resource.properties.get("Roles", []):
            if renamed or role not in new["Roles"]:
                with tolerating_absence():
                    iam.delete_role_policy(
                        RoleName=role, PolicyName=resource.properties["PolicyName"]
                    )

    def delete(self, resource: Resource) -> None:
        """Take the policy off its roles."""
        for role in resource.properties["Roles"]:
            with tolerating_absence():
                resource.client("iam").delete_role_policy(
                    RoleName=role, PolicyName=resource.properties["PolicyName"]
                )


class ManagedPolicy(Handler):
    """``AWS::IAM::ManagedPolicy`` on roles; users and groups are not supported."""

    type = "AWS::IAM::ManagedPolicy"
    properties = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"})
    attributes = frozenset({"PolicyArn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the policy."""
        created = context.client("iam").create_policy(
            PolicyName=properties.get("ManagedPolicyName") or context.generated_name(128),
            PolicyDocument=json_text(properties["PolicyDocument"]),
            **subset(properties, ("Description", "Path")),
        )
        return str(created["Policy"]["Arn"])

    def complete(self, resource: Resource) -> None:
        """Attach the policy to its roles."""
        _attach(
            resource.client("iam"), resource.physical_id, [], resource.properties.get("Roles", [])
        )

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"PolicyArn": resource.physical_id}

    def update(self, resource: Resource, new: Properties) -> None:
        """Make a new default version, and change the attachments."""
        iam = resource.client("iam")
        if changed(resource.properties, new, ("PolicyDocument",)):
            _drop_oldest_version(iam, resource.physical_id)
            iam.create_policy_version(
                PolicyArn=resource.physical_id,
                PolicyDocument=json_text(new["PolicyDocument"]),
                SetAsDefault=True,
            )
        _attach(
            iam, resource.physical_id, resource.properties.get("Roles", []), new.get("Roles", [])
        )

    def delete(self, resource: Resource) -> None:
        """Detach the policy and delete it with its versions."""
        iam = resource.client("iam")
        _attach(iam, resource.physical_id, resource.properties.get("Roles", []), [])
        for version in _other_versions(iam, resource.physical_id):
            iam.delete_policy_version(PolicyArn=resource.physical_id, VersionId=version)
        iam.delete_policy(PolicyArn=resource.physical_id)


def _update_permissions(iam: Any, role: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    before, after = _inline(old), _inline(new)
    for name, document in after.items():
        if before.get(name) != document:
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json_text(document))
    for name in sorted(before.keys() - after.keys()):
        with tolerating_absence():
            iam.delete_role_policy(RoleName=role, PolicyName=name)
    _update_attachments(iam, role, _managed(old), _managed(new))


def _update_attachments(iam: Any, role: str, attached: list[str], wanted: list[str]) -> None:  # noqa: ANN401
    for arn in wanted:
        if arn not in attached:
            iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    for arn in attached:
        if arn not in wanted:
            with tolerating_absence():
                iam.detach_role_policy(RoleName=role, PolicyArn=arn)


def _inline(properties: Properties) -> Mapping[str, Any]:
    policies = properties.get("Policies", [])
    return {policy["PolicyName"]: policy["PolicyDocument"] for policy in policies}


def _managed(properties: Properties) -> list[str]:
    return list(dict.fromkeys(properties.get("ManagedPolicyArns", [])))


def _update_boundary(iam: Any, role: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    boundary = new.get("PermissionsBoundary")
    if boundary == old.get("PermissionsBoundary"):
        return
    if boundary is None:
        iam.delete_role_permissions_boundary(RoleName=role)
    else:
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=boundary)


def _update_tags(iam: Any, role: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    change = tags.change(old, new)
    if change.removed:
        iam.untag_role(RoleName=role, TagKeys=change.removed)
    if change.added:
        iam.tag_role(RoleName=role, Tags=tags.as_list(change.added))


def _attach(iam: Any, policy_arn: str, old: list[str], new: list[str]) -> None:  # noqa: ANN401
    for role in new:
        if role not in old:
            iam.attach_role_policy(RoleName=role, PolicyArn=policy_arn)
    for role in old:
        if role not in new:
            with tolerating_absence():
                iam.detach_role_policy(RoleName=role, PolicyArn=policy_arn)


def _other_versions(iam: Any, policy_arn: str) -> list[str]:  # noqa: ANN401
    """The versions that are not the default, newest first."""
    versions = iam.list_policy_versions(PolicyArn=policy_arn)["Versions"]
    others = [item["VersionId"] for item in versions if not item["IsDefaultVersion"]]
    return sorted(others, key=lambda version: int(version[1:]), reverse=True)


def _drop_oldest_version(iam: Any, policy_arn: str) -> None:  # noqa: ANN401
    others = _other_versions(iam, policy_arn)
    if len(others) + 1 >= _MOST_VERSIONS:
        iam.delete_policy_version(PolicyArn=policy_arn, VersionId=others[-1])
