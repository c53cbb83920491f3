"""Lambda: who may invoke a function, and what becomes of asynchronous invocations."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation.resources.absence import exists
from embedded_aws.cloudformation.resources.handler import (
    Context,
    Handler,
    Properties,
    Resource,
    subset,
)

_QUALIFIED_ARN_PARTS = 8


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


def _qualified(function_name: str) -> dict[str, str]:
    """A function's ARN may end in a version or alias, which the API takes apart."""
    parts = function_name.split(":")
    if len(parts) < _QUALIFIED_ARN_PARTS:
        return {"FunctionName": function_name}
    return {"FunctionName": ":".join(parts[:-1]), "Qualifier": parts[-1]}
