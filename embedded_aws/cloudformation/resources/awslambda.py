"""Lambda: functions from zip archives."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.resources import tags
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
    "KmsKeyArn": "",
    "Layers": [],
    "MemorySize": 128,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}


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
        """Create the function."""
        name: str = properties.get("FunctionName") or context.generated_name()
        context.client("lambda").create_function(
            FunctionName=name,
            Code=_code(properties["Code"]),
            Tags=tags.as_map(properties.get("Tags")),
            **subset(properties, ("Architectures", "PackageType", *_CONFIGURATION)),
        )
        return name

    def complete(self, resource: Resource) -> None:
        """Wait until the function is active, then reserve concurrency."""
        active = resource.client("lambda").get_waiter("function_active_v2")
        active.wait(FunctionName=resource.physical_id)
        _update_concurrency(resource, {}, resource.properties)

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": _function_arn(resource)}

    def update(self, resource: Resource, new: Properties) -> None:
        """Change configuration first, then code, as CloudFormation does; then tags."""
        client, old = resource.client("lambda"), resource.properties
        configuration = _configuration_change(resource, new)
        if configuration:
            client.update_function_configuration(FunctionName=resource.physical_id, **configuration)
        if changed(old, new, ("Architectures", "Code")):
            client.update_function_code(
                FunctionName=resource.physical_id,
                **_code(new["Code"]),
                Architectures=new.get("Architectures", ["x86_64"]),
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


def _configuration_change(resource: Resource, new: Properties) -> dict[str, Any]:
    log_group = f"/aws/lambda/{resource.physical_id}"
    logging = {"LogFormat": "Text", "LogGroup": log_group}
    after = {**_DEFAULTS, "LoggingConfig": logging, **new}
    old = resource.properties
    return {name: after.get(name) for name in _CONFIGURATION if old.get(name) != new.get(name)}


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
