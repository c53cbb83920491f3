"""Lambda: layers, versions and aliases."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)


class LayerVersion(Handler):
    """``AWS::Lambda::LayerVersion``."""

    type = "AWS::Lambda::LayerVersion"
    properties = frozenset(
        {
            "CompatibleArchitectures",
            "CompatibleRuntimes",
            "Content",
            "Description",
            "LayerName",
            "LicenseInfo",
        }
    )
    attributes = frozenset({"LayerVersionArn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Publish a version of the layer."""
        name = properties.get("LayerName") or context.generated_name(140)
        published = context.client("lambda").publish_layer_version(
            **{**properties, "LayerName": name}
        )
        return str(published["LayerVersionArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"LayerVersionArn": resource.physical_id}

    def delete(self, resource: Resource) -> None:
        """Delete this version; functions that use it keep their copy."""
        layer_arn, number = resource.physical_id.rsplit(":", 1)
        resource.client("lambda").delete_layer_version(
            LayerName=layer_arn, VersionNumber=int(number)
        )


class Version(Handler):
    """``AWS::Lambda::Version`` without provisioned concurrency."""

    type = "AWS::Lambda::Version"
    properties = frozenset({"CodeSha256", "Description", "FunctionName"})
    attributes = frozenset({"FunctionArn", "Version"})

    def create(self, context: Context, properties: Properties) -> str:
        """Publish the function as it is now.

        Raises:
            ResourceFailure: nothing changed since the last version, so Lambda returned that.
        """
        client = context.client("lambda")
        before = {item["Version"] for item in _versions(client, properties["FunctionName"])}
        published = client.publish_version(**properties)
        if published["Version"] in before:
            raise ResourceFailure(
                f"A version for this Lambda function exists ( {published['Version']} ). "
                "Modify the function to create a new version."
            )
        return str(published["FunctionArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """Number and ARN."""
        number = resource.physical_id.rsplit(":", 1)[1]
        return {"FunctionArn": resource.physical_id, "Version": number}

    def delete(self, resource: Resource) -> None:
        """Delete this version."""
        function, number = resource.physical_id.rsplit(":", 1)
        resource.client("lambda").delete_function(FunctionName=function, Qualifier=number)


class Alias(Handler):
    """``AWS::Lambda::Alias`` without provisioned concurrency."""

    type = "AWS::Lambda::Alias"
    properties = frozenset(
        {"Description", "FunctionName", "FunctionVersion", "Name", "RoutingConfig"}
    )
    attributes = frozenset({"AliasArn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the alias."""
        created = context.client("lambda").create_alias(**_alias(properties))
        return str(created["AliasArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"AliasArn": resource.physical_id}

    def update(self, resource: Resource, new: Properties) -> None:
        """Point the alias elsewhere."""
        dropped = {"Description": "", "RoutingConfig": {"AdditionalVersionWeights": {}}}
        resource.client("lambda").update_alias(**{**dropped, **_alias(new)})

    def delete(self, resource: Resource) -> None:
        """Delete the alias."""
        resource.client("lambda").delete_alias(
            **subset(resource.properties, ("FunctionName", "Name"))
        )


def _versions(client: Any, function_name: str) -> list[Any]:  # noqa: ANN401
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=function_name)
    return [version for page in pages for version in page["Versions"]]


def _alias(properties: Properties) -> dict[str, Any]:
    arguments = dict(properties)
    if "RoutingConfig" in arguments:
        weights = arguments["RoutingConfig"].get("AdditionalVersionWeights", [])
        arguments["RoutingConfig"] = {
            "AdditionalVersionWeights": {
                item["FunctionVersion"]: item["FunctionWeight"] for item in weights
            }
        }
    return arguments
