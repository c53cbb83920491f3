"""Lambda: functions, layers, versions, aliases, permissions and asynchronous invocation."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    changed,
    subset,
)

_CONFIGURATION = (
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "Handler",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "SnapStart",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
)
# What UpdateFunctionConfiguration must be told when a template drops a property: left out, it
# would keep its value (API_UpdateFunctionConfiguration).
_DEFAULTS: Properties = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "Layers": [],
    "MemorySize": 128,
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
}
_QUALIFIED_ARN_PARTS = 8


class Function(Handler):
    """``AWS::Lambda::Function`` from a zip archive; container images are not supported."""

    type = "AWS::Lambda::Function"
    properties = frozenset(
        {
            "Architectures",
            "Code",
            "FunctionName",
            "PackageType",
            "ReservedConcurrentExecutions",
            "Tags",
            *_CONFIGURATION,
        }
    )
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the function and wait until it is active."""
        name: str = properties.get("FunctionName") or context.generated_name()
        client = context.client("lambda")
        client.create_function(
            FunctionName=name,
            Code=_code(properties["Code"]),
            Tags=tags.as_map(properties.get("Tags")),
            **subset(properties, ("Architectures", "PackageType", *_CONFIGURATION)),
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name)
        return name

    def complete(self, resource: Resource) -> None:
        """Reserve concurrency."""
        _update_concurrency(resource, {}, resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": _function_arn(resource)}

    def update(self, resource: Resource, new: Properties) -> None:
        """Change configuration first, then code, as CloudFormation does; then tags."""
        client, old = resource.client("lambda"), resource.properties
        configuration = _configuration_change(old, new)
        if configuration:
            client.update_function_configuration(FunctionName=resource.physical_id, **configuration)
        if changed(old, new, ("Architectures", "Code")):
            client.update_function_code(
                FunctionName=resource.physical_id,
                **_code(new["Code"]),
                **subset(new, ("Architectures",)),
            )
        client.get_waiter("function_updated_v2").wait(FunctionName=resource.physical_id)
        _update_concurrency(resource, old, new)
        change = tags.change(old, new)
        if change.removed:
            client.untag_resource(Resource=_function_arn(resource), TagKeys=change.removed)
        if change.added:
            client.tag_resource(Resource=_function_arn(resource), Tags=dict(change.added))

    def delete(self, resource: Resource) -> None:
        """Delete the function with its versions and aliases."""
        resource.client("lambda").delete_function(FunctionName=resource.physical_id)


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


class Permission(Handler):
    """``AWS::Lambda::Permission``: one statement of a function's resource policy."""

    type = "AWS::Lambda::Permission"
    properties = frozenset(
        {
            "Action",
            "EventSourceToken",
            "FunctionName",
            "FunctionUrlAuthType",
            "InvokedViaFunctionUrl",
            "Principal",
            "PrincipalOrgID",
            "SourceAccount",
            "SourceArn",
        }
    )
    attributes = frozenset({"Id"})

    def create(self, context: Context, properties: Properties) -> str:
        """Add the statement."""
        statement_id = context.generated_name(100)
        context.client("lambda").add_permission(
            **{**properties, **_qualified(properties["FunctionName"])}, StatementId=statement_id
        )
        return statement_id

    def read(self, resource: Resource) -> dict[str, Any]:
        """The statement's id."""
        return {"Id": resource.physical_id}

    def delete(self, resource: Resource) -> None:
        """Remove the statement."""
        resource.client("lambda").remove_permission(
            **_qualified(resource.properties["FunctionName"]), StatementId=resource.physical_id
        )


class EventInvokeConfig(Handler):
    """``AWS::Lambda::EventInvokeConfig``: retries and destinations of asynchronous invocations."""

    type = "AWS::Lambda::EventInvokeConfig"
    properties = frozenset(
        {
            "DestinationConfig",
            "FunctionName",
            "MaximumEventAgeInSeconds",
            "MaximumRetryAttempts",
            "Qualifier",
        }
    )

    def is_taken(self, context: Context, properties: Properties) -> bool:
        """PutFunctionEventInvokeConfig replaces a configuration."""
        client, named = context.client("lambda"), subset(properties, ("FunctionName", "Qualifier"))
        return exists(lambda: client.get_function_event_invoke_config(**named))

    def create(self, context: Context, properties: Properties) -> str:
        """Put the configuration."""
        context.client("lambda").put_function_event_invoke_config(**properties)
        return context.generated_name()

    def update(self, resource: Resource, new: Properties) -> None:
        """Put the configuration anew, which drops what it no longer has."""
        resource.client("lambda").put_function_event_invoke_config(**new)

    def delete(self, resource: Resource) -> None:
        """Delete the configuration."""
        resource.client("lambda").delete_function_event_invoke_config(
            **subset(resource.properties, ("FunctionName", "Qualifier"))
        )


def _code(code: Properties) -> dict[str, Any]:
    if "ZipFile" in code:
        return {"ZipFile": _archive(code["ZipFile"])}
    unsupported = sorted(code.keys() - {"S3Bucket", "S3Key", "S3ObjectVersion"})
    if unsupported:
        raise ResourceFailure(f"the embedded AWS does not support Code with {unsupported}")
    return dict(code)


def _archive(source: str) -> bytes:
    """Inline source becomes the module ``index`` (AWS::Lambda::Function Code)."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(zipfile.ZipInfo("index.py"), source)
    return archive.getvalue()


def _configuration_change(old: Properties, new: Properties) -> dict[str, Any]:
    differing = [name for name in _CONFIGURATION if old.get(name) != new.get(name)]
    return {
        name: new[name] if name in new else _DEFAULTS[name]
        for name in differing
        if name in new or name in _DEFAULTS
    }


def _update_concurrency(resource: Resource, old: Properties, new: Properties) -> None:
    name = "ReservedConcurrentExecutions"
    if old.get(name) == new.get(name):
        return
    client = resource.client("lambda")
    if name in new:
        client.put_function_concurrency(
            FunctionName=resource.physical_id, ReservedConcurrentExecutions=new[name]
        )
    else:
        client.delete_function_concurrency(FunctionName=resource.physical_id)


def _function_arn(resource: Resource) -> str:
    return resource.context.arn("lambda", f"function:{resource.physical_id}")


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


def _qualified(function_name: str) -> dict[str, str]:
    """A function's ARN may end in a version or alias, which the API takes apart."""
    parts = function_name.split(":")
    if len(parts) < _QUALIFIED_ARN_PARTS:
        return {"FunctionName": function_name}
    return {"FunctionName": ":".join(parts[:-1]), "Qualifier": parts[-1]}
