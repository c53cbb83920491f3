"""Compares a stack with the revision that it is to become: what is added, modified, removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.cloudformation import schemas
from embedded_aws.cloudformation.blueprint import ResourceDefinition
from embedded_aws.cloudformation.desired import Lookups, desired_properties, outputs
from embedded_aws.cloudformation.errors import TemplateError
from embedded_aws.cloudformation.intrinsics import UNKNOWN, contains_unknown
from embedded_aws.cloudformation.records import (
    PropertyChange,
    ResourceChange,
    Revision,
    Stack,
    StackResource,
)
from embedded_aws.cloudformation.resources import HANDLERS


def plan(stack: Stack, revision: Revision) -> tuple[ResourceChange, ...]:
    """The changes to a stack's resources, in the order in which they will be made.

    Raises:
        TemplateError: a function cannot be evaluated, or a resource would change its type.
        ResourceFailure: a resource's properties break its schema.
    """
    planned = _Plan(stack.resources, revision)
    changes = [planned.change(item) for item in revision.blueprint.resources.values()]
    removed = [
        ResourceChange("Remove", name, item.definition.type, item.physical_id)
        for name, item in stack.resources.items()
        if name not in revision.blueprint.resources
    ]
    return (*(change for change in changes if change is not None), *removed)


def changes_outputs(stack: Stack, revision: Revision) -> bool:
    """Whether a revision that changes no resource changes an output."""
    return outputs(revision, live_lookups(stack.resources)) != stack.outputs


def live_lookups(resources: Mapping[str, StackResource]) -> Lookups:
    """References to resources that exist."""
    return Lookups(
        lambda name: resources[name].physical_id,
        lambda name, attribute: resources[name].attributes[attribute],
    )


def is_replacement(resource: StackResource, properties: Mapping[str, Any]) -> bool:
    """Whether the change to these properties is one that only a new resource can make.

    Raises:
        TemplateError: it has a fixed name, which the new resource could not have as well.
    """
    schema = schemas.load(resource.definition.type)
    if schema is None or not any(
        _at(resource.properties, path) != _at(properties, path) for path in schema.create_only
    ):
        return False
    identifier = schema.primary_identifier
    named = identifier <= properties.keys() and identifier <= resource.properties.keys()
    if named and all(resource.properties[name] == properties[name] for name in identifier):
        raise TemplateError(
            "CloudFormation cannot update a stack when a custom-named resource requires "
            f"replacing. Rename {resource.physical_id} and update the stack again."
        )
    return True


class _Plan:
    """Looks ahead resource by resource: what an earlier one becomes decides what refers to it."""

    def __init__(self, existing: Mapping[str, StackResource], revision: Revision) -> None:
        self._existing = existing
        self._revision = revision
        self._changes: dict[str, ResourceChange] = {}
        self._lookups = Lookups(self._reference, self._attribute)

    def change(self, definition: ResourceDefinition) -> ResourceChange | None:
        properties = desired_properties(self._revision, definition, self._lookups)
        existing = self._existing.get(definition.logical_id)
        change = _change(definition, existing, properties)
        if change is not None:
            self._changes[definition.logical_id] = change
        return change

    def _reference(self, name: str) -> Any:  # noqa: ANN401
        return self._existing[name].physical_id if self._stays(name) else UNKNOWN

    def _attribute(self, name: str, attribute: str) -> Any:  # noqa: ANN401
        if not self._stays(name):
            return UNKNOWN
        existing = self._existing[name]
        handler = HANDLERS[existing.definition.type]
        if name in self._changes and attribute in handler.changing_attributes:
            return UNKNOWN
        return existing.attributes[attribute]

    def _stays(self, name: str) -> bool:
        change = self._changes.get(name)
        return name in self._existing and (change is None or change.replacement == "False")


def _change(
    definition: ResourceDefinition,
    existing: StackResource | None,
    properties: Mapping[str, Any],
) -> ResourceChange | None:
    if existing is None:
        return ResourceChange("Add", definition.logical_id, definition.type)
    if existing.definition.type != definition.type:
        raise TemplateError(
            "Update of resource type is not permitted. The new template modifies resource type "
            f"of the following resources: [{definition.logical_id}]"
        )
    details = (*_property_changes(existing, properties), *_other_changes(existing, definition))
    if not details:
        return None
    return ResourceChange(
        "Modify",
        definition.logical_id,
        definition.type,
        existing.physical_id,
        _replacement(details),
        details,
    )


def _property_changes(
    existing: StackResource, properties: Mapping[str, Any]
) -> Iterator[PropertyChange]:
    schema = schemas.load(existing.definition.type)
    create_only = schema.create_only if schema else frozenset()
    tag_property = schema.tag_property if schema else None
    old = existing.properties
    for name in sorted(old.keys() | properties.keys()):
        if old.get(name) == properties.get(name):
            continue
        dynamic = contains_unknown(properties.get(name))
        fixed = [path for path in create_only if path.split(".")[0] == name]
        replaces = any(_at(old, path) != _at(properties, path) for path in fixed)
        yield PropertyChange(
            attribute="Tags" if name == tag_property else "Properties",
            name=None if name == tag_property else name,
            recreation=_recreation(replaces=replaces, dynamic=dynamic),
            evaluation="Dynamic" if dynamic else "Static",
        )


def _other_changes(
    existing: StackResource, definition: ResourceDefinition
) -> Iterator[PropertyChange]:
    before = existing.definition
    if before.metadata != definition.metadata:
        yield PropertyChange("Metadata", None, "Never", "Static")
    if before.deletion_policy != definition.deletion_policy:
        yield PropertyChange("DeletionPolicy", None, "Never", "Static")
    if before.update_replace_policy != definition.update_replace_policy:
        yield PropertyChange("UpdateReplacePolicy", None, "Never", "Static")


def _recreation(*, replaces: bool, dynamic: bool) -> str:
    if not replaces:
        return "Never"
    return "Conditionally" if dynamic else "Always"


def _replacement(details: tuple[PropertyChange, ...]) -> str:
    needed = {detail.recreation for detail in details}
    if "Always" in needed:
        return "True"
    return "Conditional" if "Conditionally" in needed else "False"


def _at(properties: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict | Mapping) else None
    return value
