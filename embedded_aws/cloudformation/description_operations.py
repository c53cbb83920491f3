"""The operations that describe stacks, their resources and their events."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation import descriptions
from embedded_aws.cloudformation.paging import page
from embedded_aws.cloudformation.records import Stack, StackResource
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError

# Clients poll at intervals of 15 or 30 seconds, made for AWS; an answer that waits a little for
# the operation to end saves them the rest of the interval.
_PATIENCE_SECONDS = 20.0


class DescriptionOperations:
    """Reads the store and nothing else."""

    def __init__(self, store: StackStore) -> None:
        self._store = store

    def operations(self) -> dict[str, Operation]:
        """By API name."""
        return {
            "DescribeStackEvents": self._describe_events,
            "DescribeStackResource": self._describe_resource,
            "DescribeStackResources": self._describe_resources,
            "DescribeStacks": self._describe_stacks,
            "ListStackResources": self._list_resources,
            "ListStacks": self._list_stacks,
        }

    def _describe_stacks(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        if "StackName" in request:
            stack_id = self._store.stack(request["StackName"]).stack_id
            self._store.wait_until_settled(stack_id, _PATIENCE_SECONDS)
            stack = self._store.stack(stack_id)
            if stack.is_deleted and request["StackName"] != stack_id:
                # Deleted while we waited; by name it is no longer found.
                stack = self._store.stack(request["StackName"])
            return {"Stacks": [descriptions.stack_description(stack)]}
        living = [stack for stack in self._store.stacks() if not stack.is_deleted]
        return page("Stacks", [descriptions.stack_description(item) for item in living], request)

    def _list_stacks(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        wanted = set(request.get("StackStatusFilter", []))
        found = [stack for stack in self._store.stacks() if not wanted or stack.status in wanted]
        summaries = [descriptions.stack_summary(stack) for stack in found]
        return page("StackSummaries", summaries, request)

    def _describe_events(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        stack = self._store.stack(request["StackName"])
        events = [
            descriptions.event_description(stack, event)
            for event in reversed(self._store.events(stack.stack_id))
        ]
        return page("StackEvents", events, request)

    def _describe_resource(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        stack = self._store.stack(request["StackName"])
        resource = _resource(stack, request["LogicalResourceId"])
        return {"StackResourceDetail": descriptions.resource_detail(stack, resource)}

    def _describe_resources(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        stack = self._of_physical_id(request) if "StackName" not in request else None
        stack = stack or self._store.stack(request["StackName"])
        found = list(stack.resources.values())
        if "LogicalResourceId" in request:
            found = [_resource(stack, request["LogicalResourceId"])]
        described = [descriptions.resource_description(stack, resource) for resource in found]
        return {"StackResources": described}

    def _of_physical_id(self, request: Parameters) -> Stack:
        physical_id = request.get("PhysicalResourceId")
        for stack in self._store.stacks():
            if any(item.physical_id == physical_id for item in stack.resources.values()):
                return stack
        raise ServiceError("ValidationError", f"Stack for {physical_id} does not exist")

    def _list_resources(self, request: Parameters, _: RequestContext) -> dict[str, Any]:
        stack = self._store.stack(request["StackName"])
        summaries = [descriptions.resource_summary(item) for item in stack.resources.values()]
        return page("StackResourceSummaries", summaries, request)


def _resource(stack: Stack, logical_id: str) -> StackResource:
    found = stack.resources.get(logical_id)
    if found is None:
        message = f"Resource {logical_id} does not exist for stack {stack.name}"
        raise ServiceError("ValidationError", message)
    return found
