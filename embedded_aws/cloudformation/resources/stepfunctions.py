"""Step Functions: state machines, their versions and aliases."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.resources import tags
from embedded_aws.cloudformation.resources.casing import camel
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    renamed,
    subset,
)
from embedded_aws.cloudformation.resources.state_machine_definition import definition

_CONFIGURATION = {
    "EncryptionConfiguration": "encryptionConfiguration",
    "LoggingConfiguration": "loggingConfiguration",
    "RoleArn": "roleArn",
    "TracingConfiguration": "tracingConfiguration",
}
# What UpdateStateMachine must be told when a template drops a property.
_DEFAULTS: Properties = {
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": False},
    "tracingConfiguration": {"enabled": False},
}


class StateMachine(Handler):
    """``AWS::StepFunctions::StateMachine``."""

    type = "AWS::StepFunctions::StateMachine"
    properties = frozenset(
        {
            "Definition",
            "DefinitionS3Location",
            "DefinitionString",
            "DefinitionSubstitutions",
            "StateMachineName",
            "StateMachineType",
            "Tags",
            *_CONFIGURATION,
        }
    )
    attributes = frozenset({"Arn", "Name", "StateMachineRevisionId"})
    changing_attributes = frozenset({"StateMachineRevisionId"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the state machine with its definition filled in."""
        created = context.client("stepfunctions").create_state_machine(
            name=properties.get("StateMachineName") or context.suffixed(context.logical_id, 80),
            type=properties.get("StateMachineType", "STANDARD"),
            definition=definition(properties, context.client("s3")),
            tags=camel(tags.as_list(tags.as_map(properties.get("Tags")))),
            **_configuration(properties),
        )
        return str(created["stateMachineArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """ARN, name and the id of the current revision."""
        machine = resource.client("stepfunctions").describe_state_machine(
            stateMachineArn=resource.physical_id
        )
        return {
            "Arn": resource.physical_id,
            "Name": machine["name"],
            # A machine that was never updated has no revisionId (API_DescribeStateMachine).
            "StateMachineRevisionId": machine.get("revisionId", "INITIAL"),
        }

    def update(self, resource: Resource, new: Properties) -> None:
        """Change definition, role, logging, tracing and tags."""
        client = resource.client("stepfunctions")
        client.update_state_machine(
            stateMachineArn=resource.physical_id,
            definition=definition(new, resource.client("s3")),
            **_configuration_change(resource.properties, new),
        )
        change = tags.change(resource.properties, new)
        if change.removed:
            client.untag_resource(resourceArn=resource.physical_id, tagKeys=change.removed)
        if change.added:
            added = camel(tags.as_list(change.added))
            client.tag_resource(resourceArn=resource.physical_id, tags=added)

    def delete(self, resource: Resource) -> None:
        """Delete the state machine with its versions and aliases."""
        resource.client("stepfunctions").delete_state_machine(stateMachineArn=resource.physical_id)


class StateMachineVersion(Handler):
    """``AWS::StepFunctions::StateMachineVersion``."""

    type = "AWS::StepFunctions::StateMachineVersion"
    properties = frozenset({"Description", "StateMachineArn", "StateMachineRevisionId"})
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Publish the state machine's current revision."""
        names = {
            "Description": "description",
            "StateMachineArn": "stateMachineArn",
            "StateMachineRevisionId": "revisionId",
        }
        published = context.client("stepfunctions").publish_state_machine_version(
            **renamed(properties, names)
        )
        return str(published["stateMachineVersionArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": resource.physical_id}

    def delete(self, resource: Resource) -> None:
        """Delete the version; refused while an alias points at it."""
        resource.client("stepfunctions").delete_state_machine_version(
            stateMachineVersionArn=resource.physical_id
        )


class StateMachineAlias(Handler):
    """``AWS::StepFunctions::StateMachineAlias``, moved all at once."""

    type = "AWS::StepFunctions::StateMachineAlias"
    properties = frozenset({"DeploymentPreference", "Description", "Name", "RoutingConfiguration"})
    attributes = frozenset({"Arn"})

    def create(self, context: Context, properties: Properties) -> str:
        """Create the alias."""
        created = context.client("stepfunctions").create_state_machine_alias(
            name=properties.get("Name") or context.suffixed(context.logical_id, 80),
            routingConfiguration=_routing(properties),
            **camel(subset(properties, ("Description",))),
        )
        return str(created["stateMachineAliasArn"])

    def read(self, resource: Resource) -> dict[str, Any]:
        """The ARN."""
        return {"Arn": resource.physical_id}

    def update(self, resource: Resource, new: Properties) -> None:
        """Point the alias elsewhere."""
        resource.client("stepfunctions").update_state_machine_alias(
            stateMachineAliasArn=resource.physical_id,
            description=new.get("Description", ""),
            routingConfiguration=_routing(new),
        )

    def delete(self, resource: Resource) -> None:
        """Delete the alias."""
        resource.client("stepfunctions").delete_state_machine_alias(
            stateMachineAliasArn=resource.physical_id
        )


def _configuration(properties: Properties) -> dict[str, Any]:
    configuration = renamed(properties, _CONFIGURATION)
    return {name: camel(value) for name, value in configuration.items()}


def _configuration_change(old: Properties, new: Properties) -> dict[str, Any]:
    dropped = _configuration(old).keys() & _DEFAULTS.keys()
    return {**{name: _DEFAULTS[name] for name in dropped}, **_configuration(new)}


def _routing(properties: Properties) -> list[dict[str, Any]]:
    if "RoutingConfiguration" in properties:
        routes: list[dict[str, Any]] = camel(properties["RoutingConfiguration"])
        return routes
    preference = properties["DeploymentPreference"]
    unsupported = sorted(preference.keys() - {"StateMachineVersionArn", "Type"})
    if preference["Type"] != "ALL_AT_ONCE" or unsupported:
        raise ResourceFailure(
            f"the embedded AWS supports DeploymentPreference ALL_AT_ONCE, not {dict(preference)}"
        )
    return [{"stateMachineVersionArn": preference["StateMachineVersionArn"], "weight": 100}]
