"""CloudWatch Logs: log groups."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.handler import Context, Handler, Properties, Resource


class LogGroup(Handler):
    """``AWS::Logs::LogGroup`` of the standard class."""

    type = "AWS::Logs::LogGroup"
    properties = frozenset({"KmsKeyId", "LogGroupName", "RetentionInDays", "Tags"})
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the group."""
        name: str = properties.get("LogGroupName") or context.generated_name(512)
        key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
        tagged = {"tags": tags.as_map(properties["Tags"])} if properties.get("Tags") else {}
        context.client("logs").create_log_group(logGroupName=name, **tagged, **key)
        return name

    def complete(self, resource: Resource) -> None:
        """Set the retention."""
        _set_retention(resource.client("logs"), resource.physical_id, {}, resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN, which CloudFormation returns with a trailing ``:*``."""
        return {"Arn": f"{_arn(resource.context, resource.physical_id)}:*"}

    def update(self, resource: Resource, new: Properties) -> None:
        """Change retention, key and tags."""
        logs = resource.client("logs")
        _set_retention(logs, resource.physical_id, resource.properties, new)
        _set_key(logs, resource.physical_id, resource.properties, new)
        change = tags.change(resource.properties, new)
        arn = _arn(resource.context, resource.physical_id)
        if change.removed:
            logs.untag_resource(resourceArn=arn, tagKeys=change.removed)
        if change.added:
            logs.tag_resource(resourceArn=arn, tags=dict(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the group with its streams."""
        resource.client("logs").delete_log_group(logGroupName=resource.physical_id)


def _arn(context: Context, name: str) -> str:
    return context.arn("logs", f"log-group:{name}")


def _set_retention(logs: Any, name: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    days = new.get("RetentionInDays")
    if days is not None:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    elif "RetentionInDays" in old:
        logs.delete_retention_policy(logGroupName=name)


def _set_key(logs: Any, name: str, old: Properties, new: Properties) -> None:  # noqa: ANN401
    if new.get("KmsKeyId") == old.get("KmsKeyId"):
        return
    if "KmsKeyId" in new:
        logs.associate_kms_key(logGroupName=name, kmsKeyId=new["KmsKeyId"])
    else:
        logs.disassociate_kms_key(logGroupName=name)
