"""What CloudFormation remembers: stacks, their resources, events and change sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.cloudformation.blueprint import Blueprint, ResourceDefinition
from embedded_aws.cloudformation.parameters import Parameter
from embedded_aws.cloudformation.template import Document

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Revision:
    """A template with all that a stack needs to become it.

    Attributes:
        body: The template's text as it came.
        document: The same, parsed.
        processed: The same after its transforms.
        parameters: The parameters' values as text.
        tags: Tags of the stack, which its resources inherit.
        role_arn: The role under which resources are made, if any.
    """

    body: str
    document: Document
    processed: Document
    declared: Mapping[str, Parameter]
    parameters: Mapping[str, str]
    blueprint: Blueprint
    capabilities: tuple[str, ...]
    tags: Mapping[str, str]
    role_arn: str | None


@dataclass(frozen=True)
class StackResource:
    """One resource of a stack as it is now; ``properties`` are those last asked for."""

    definition: ResourceDefinition
    physical_id: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    status: str
    reason: str | None
    updated_at: datetime

    @property
    def logical_id(self) -> str:
        """Its name in the template."""
        return self.definition.logical_id


@dataclass(frozen=True)
class StackEvent:
    """Something that happened to a stack or to one of its resources."""

    event_id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class StackOutput:
    """An output's evaluated value."""

    key: str
    value: str
    description: str | None


@dataclass(frozen=True)
class Stack:
    """A stack.

    Attributes:
        resources: By logical id, in dependency order.
        fallback: The stack before a failed update that was left as it is, for RollbackStack.
    """

    stack_id: str
    name: str
    status: str
    created_at: datetime
    reason: str | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    revision: Revision | None = None
    resources: Mapping[str, StackResource] = field(default_factory=dict)
    outputs: tuple[StackOutput, ...] = ()
    disable_rollback: bool = False
    fallback: Stack | None = None

    @property
    def is_in_progress(self) -> bool:
        """Whether an operation is under way; a stack under review waits for one."""
        return self.status.endswith("IN_PROGRESS") and not self.is_under_review

    @property
    def is_under_review(self) -> bool:
        """Whether only a change set exists yet."""
        return self.status == "REVIEW_IN_PROGRESS"

    @property
    def is_deleted(self) -> bool:
        """Whether the stack is gone, and only its id still finds it."""
        return self.status == "DELETE_COMPLETE"


@dataclass(frozen=True)
class PropertyChange:
    """One part of a resource that a change set alters.

    Attributes:
        attribute: Properties, Tags, Metadata, DeletionPolicy or UpdateReplacePolicy.
        name: The property; None outside ``Properties``.
        recreation: Never, Conditionally or Always.
        evaluation: Static, or Dynamic where the new value is known only after deployment.
    """

    attribute: str
    name: str | None
    recreation: str
    evaluation: str


@dataclass(frozen=True)
class ResourceChange:
    """What a change set does to one resource.

    Attributes:
        action: Add, Modify or Remove.
        replacement: True, False or Conditional when modifying, else None.
    """

    action: str
    logical_id: str
    type: str
    physical_id: str | None = None
    replacement: str | None = None
    details: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True)
class ChangeSet:
    """A proposed revision of a stack; ``revision`` is None if it could not be made."""

    change_set_id: str
    name: str
    stack_id: str
    stack_name: str
    created_at: datetime
    description: str | None
    on_stack_failure: str | None
    status: str
    reason: str | None
    execution_status: str
    revision: Revision | None
    changes: tuple[ResourceChange, ...] = ()
