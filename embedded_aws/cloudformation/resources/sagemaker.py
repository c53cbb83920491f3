"""SageMaker: model package groups."""

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


class ModelPackageGroup(Handler):
    """``AWS::SageMaker::ModelPackageGroup`` without a resource policy."""

    type = "AWS::SageMaker::ModelPackageGroup"
    properties = frozenset({"ModelPackageGroupDescription", "ModelPackageGroupName", "Tags"})
    attributes = frozenset({"CreationTime", "ModelPackageGroupArn", "ModelPackageGroupStatus"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the group."""
        created = context.client("sagemaker").create_model_package_group(
            **subset(properties, ("ModelPackageGroupDescription", "ModelPackageGroupName")),
            Tags=properties.get("Tags", []),
        )
        return str(created["ModelPackageGroupArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """ARN, time of creation and status."""
        group = resource.client("sagemaker").describe_model_package_group(
            ModelPackageGroupName=resource.physical_id
        )
        return {
            "CreationTime": group["CreationTime"].isoformat(),
            "ModelPackageGroupArn": resource.physical_id,
            "ModelPackageGroupStatus": group["ModelPackageGroupStatus"],
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Change the tags."""
        sagemaker = resource.client("sagemaker")
        change = tags.change(resource.properties, new)
        if change.removed:
            sagemaker.delete_tags(ResourceArn=resource.physical_id, TagKeys=change.removed)
        if change.added:
            sagemaker.add_tags(ResourceArn=resource.physical_id, Tags=tags.as_list(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the group, which must be empty."""
        resource.client("sagemaker").delete_model_package_group(
            ModelPackageGroupName=resource.properties.get(
                "ModelPackageGroupName", resource.physical_id
            )
        )
