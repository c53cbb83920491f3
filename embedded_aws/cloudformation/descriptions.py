"""Writes records in the shapes that the API answers with; members without a value are left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from embedded_aws.cloudformation.paging import page
from embedded_aws.cloudformation.parameters import MASK
from embedded_aws.cloudformation.records import (
    ChangeSet,
    PropertyChange,
    ResourceChange,
    Revision,
    Stack,
    StackEvent,
    StackResource,
)
from embedded_aws.cloudformation.resources.tags import as_list
from embedded_aws.gateway.service import Parameters

_NOT_CHECKED = "NOT_CHECKED"


def stack_description(stack: Stack) -> dict[str, Any]:
    """A stack as in DescribeStacks."""
    revision = stack.revision
    return _set(
        **_stack_facts(stack),
        Description=revision.document.get("Description") if revision else None,
        Parameters=_parameters(revision) or None,
        Capabilities=list(revision.capabilities) if revision else [],
        Tags=as_list(revision.tags) if revision else [],
        RoleARN=revision.role_arn if revision else None,
        Outputs=[
            _set(OutputKey=item.key, OutputValue=item.value, Description=item.description)
            for item in stack.outputs
        ]
        or None,
        EnableTerminationProtection=False,
        NotificationARNs=[],
        RollbackConfiguration={},
        DriftInformation={"StackDriftStatus": _NOT_CHECKED},
    )


def stack_summary(stack: Stack) -> dict[str, Any]:
    """A stack as in ListStacks."""
    revision = stack.revision
    return _set(
        **_stack_facts(stack),
        TemplateDescription=revision.document.get("Description") if revision else None,
        DriftInformation={"StackDriftStatus": _NOT_CHECKED},
    )


def event_description(stack: Stack, event: StackEvent) -> dict[str, Any]:
    """An event as in DescribeStackEvents."""
    return _set(
        StackId=stack.stack_id,
        StackName=stack.name,
        EventId=event.event_id,
        LogicalResourceId=event.logical_id,
        PhysicalResourceId=event.physical_id,
        ResourceType=event.type,
        Timestamp=event.at,
        ResourceStatus=event.status,
        ResourceStatusReason=event.reason,
    )


def resource_description(stack: Stack, resource: StackResource) -> dict[str, Any]:
    """A resource as in DescribeStackResources."""
    return _set(
        StackName=stack.name,
        StackId=stack.stack_id,
        Timestamp=resource.updated_at,
        **_resource_facts(resource),
    )


def resource_detail(stack: Stack, resource: StackResource) -> dict[str, Any]:
    """A resource as in DescribeStackResource."""
    metadata = resource.definition.metadata
    return _set(
        StackName=stack.name,
        StackId=stack.stack_id,
        LastUpdatedTimestamp=resource.updated_at,
        Metadata=None if metadata is None else json.dumps(metadata),
        **_resource_facts(resource),
    )


def resource_summary(resource: StackResource) -> dict[str, Any]:
    """A resource as in ListStackResources."""
    return _set(LastUpdatedTimestamp=resource.updated_at, **_resource_facts(resource))


def change_set_summary(change_set: ChangeSet) -> dict[str, Any]:
    """A change set as in ListChangeSets."""
    return _set(
        StackId=change_set.stack_id,
        StackName=change_set.stack_name,
        ChangeSetId=change_set.change_set_id,
        ChangeSetName=change_set.name,
        CreationTime=change_set.created_at,
        Description=change_set.description,
        Status=change_set.status,
        StatusReason=change_set.reason,
        ExecutionStatus=change_set.execution_status,
        IncludeNestedStacks=False,
    )


def change_set_description(change_set: ChangeSet, request: Parameters) -> dict[str, Any]:
    """A change set as in DescribeChangeSet, with the page of changes that is asked for."""
    revision = change_set.revision
    changes = [
        {"Type": "Resource", "ResourceChange": _resource_change(change)}
        for change in change_set.changes
    ]
    return {
        **change_set_summary(change_set),
        **_set(
            OnStackFailure=change_set.on_stack_failure,
            Parameters=_parameters(revision),
            Capabilities=list(revision.capabilities) if revision else [],
            Tags=as_list(revision.tags) if revision else [],
            NotificationARNs=[],
            RollbackConfiguration={},
        ),
        **page("Changes", changes, request),
    }


def _stack_facts(stack: Stack) -> dict[str, Any]:
    return {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "CreationTime": stack.created_at,
        "LastUpdatedTime": stack.updated_at,
        "DeletionTime": stack.deleted_at,
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
    }


def _resource_facts(resource: StackResource) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.definition.type,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": {"StackResourceDriftStatus": _NOT_CHECKED},
    }


def _resource_change(change: ResourceChange) -> dict[str, Any]:
    return _set(
        Action=change.action,
        LogicalResourceId=change.logical_id,
        PhysicalResourceId=change.physical_id,
        ResourceType=change.type,
        Replacement=change.replacement,
        Scope=sorted({detail.attribute for detail in change.details}),
        Details=[_change_detail(detail) for detail in change.details],
    )


def _change_detail(detail: PropertyChange) -> dict[str, Any]:
    target = _set(
        Attribute=detail.attribute, Name=detail.name, RequiresRecreation=detail.recreation
    )
    return {"Target": target, "Evaluation": detail.evaluation}


def _parameters(revision: Revision | None) -> list[Mapping[str, str]]:
    if revision is None:
        return []
    return [
        {
            "ParameterKey": name,
            "ParameterValue": MASK if revision.declared[name].no_echo else value,
        }
        for name, value in revision.parameters.items()
    ]


def _set(**members: Any) -> dict[str, Any]:  # noqa: ANN401  # any member of an answer
    return {name: value for name, value in members.items() if value is not None and value != ""}
