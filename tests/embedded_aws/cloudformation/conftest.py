"""Deploys small templates through the API and waits for them to settle."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from embedded_aws.cloudformation.resources.absence import exists

Template = dict[str, Any]


@dataclass(frozen=True)
class Stacks:
    """Stacks of one instance; each method returns once the operation has ended."""

    cloudformation: Any

    def create(self, name: str, resources: Template, **more: Any) -> Any:
        self.cloudformation.create_stack(**request(name, resources, more))
        return self.described(name)

    def update(self, name: str, resources: Template, **more: Any) -> Any:
        self.cloudformation.update_stack(**request(name, resources, more))
        return self.described(name)

    def delete(self, name: str, **more: Any) -> str:
        stack_id = self.described(name)["StackId"]
        self.cloudformation.delete_stack(StackName=name, **more)
        return str(self.described(stack_id)["StackStatus"])

    def described(self, name: str) -> Any:
        """DescribeStacks by name waits for an operation under way."""
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]

    def events(self, name: str) -> list[tuple[str, str]]:
        """Logical id and status of every event, oldest first."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        found = [event for page in pages for event in page["StackEvents"]]
        return [(item["LogicalResourceId"], item["ResourceStatus"]) for item in reversed(found)]

    def failures(self, name: str) -> str:
        """The reasons of every event about a failure."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=name)
        return "\n".join(
            event.get("ResourceStatusReason", "")
            for page in pages
            for event in page["StackEvents"]
            if event["ResourceStatus"].endswith("_FAILED")
        )

    def physical_id(self, name: str, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(
            StackName=name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def outputs(self, name: str) -> dict[str, str]:
        listed = self.described(name).get("Outputs", [])
        return {item["OutputKey"]: item["OutputValue"] for item in listed}


def request(name: str, resources: Template, more: dict[str, Any]) -> dict[str, Any]:
    """Sections beside Resources are given in title case, request parameters as they are."""
    sections = {key: more.pop(key) for key in ("Conditions", "Mappings", "Outputs") if key in more}
    declared = more.pop("Declared", {})
    body = {"Resources": resources, "Parameters": declared, **sections}
    return {
        "StackName": name,
        "TemplateBody": json.dumps(body),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        **more,
    }


@pytest.fixture(scope="module")
def stacks(client: Callable[[str], Any]) -> Stacks:
    return Stacks(client("cloudformation"))


@pytest.fixture(scope="session")
def is_gone() -> Callable[[Callable[[], Any]], bool]:
    """Tell whether a call says that its object does not exist."""
    return lambda call: not exists(call)
