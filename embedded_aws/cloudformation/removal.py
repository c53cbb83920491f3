"""Deletes resources of a stack, dependents first, and keeps what must be kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.operation import Operation
from embedded_aws.cloudformation.provisioner import Provisioner
from embedded_aws.cloudformation.records import StackResource


def delete_stack(operation: Operation, retained: Collection[str]) -> None:
    """Delete a stack with its resources, those named by ``retained`` excepted."""
    failed = remove_all(operation, retained=retained)
    if failed:
        message = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
        operation.set_status("DELETE_FAILED", message)
    else:
        operation.set_status("DELETE_COMPLETE", deleted_at=operation.clock.now())


def remove_all(
    operation: Operation, *, retained: Collection[str] = (), undoes_creation: bool = False
) -> list[str]:
    """Delete every resource of a stack.

    Args:
        operation: The stack to work on.
        retained: Logical ids to keep, whatever their policy says.
        undoes_creation: Whether this rolls back the stack's creation, for RetainExceptOnCreate.

    Returns:
        The logical ids of those that could not be deleted; what they depend on is kept too.
    """
    failed: list[str] = []
    needed: set[str] = set()
    for resource in reversed(list(operation.now.resources.values())):
        name = resource.logical_id
        if name in needed:
            needed |= resource.definition.depends_on
        elif name in retained or _is_kept(resource, undoes_creation=undoes_creation):
            operation.provisioner.tell_of(resource, "DELETE_SKIPPED")
            operation.store.drop_resource(operation.stack_id, name)
        elif _is_deleted(operation, resource):
            operation.store.drop_resource(operation.stack_id, name)
        else:
            failed.append(name)
            needed |= resource.definition.depends_on
    return failed


def clean_up(provisioner: Provisioner, leftovers: Iterable[tuple[StackResource, str]]) -> list[str]:
    """Delete resources that a stack no longer has.

    Args:
        provisioner: Deletes the single resource.
        leftovers: Replaced or removed resources in dependency order, each with the policy
            (Delete, or one that keeps it) that holds for it.

    Returns:
        The logical ids of those that could not be deleted.
    """
    failed = []
    for resource, policy in reversed(list(leftovers)):
        if not resource.physical_id:
            continue
        if policy != "Delete":
            provisioner.tell_of(resource, "DELETE_SKIPPED")
            continue
        try:
            provisioner.delete(resource)
        except ResourceFailure:
            failed.append(resource.logical_id)
    return failed


def _is_kept(resource: StackResource, *, undoes_creation: bool) -> bool:
    policy = resource.definition.deletion_policy
    return policy == "Retain" or (policy == "RetainExceptOnCreate" and not undoes_creation)


def _is_deleted(operation: Operation, resource: StackResource) -> bool:
    if not resource.physical_id:
        return True
    try:
        operation.provisioner.delete(resource)
    except ResourceFailure as failure:
        operation.put(replace(resource, status="DELETE_FAILED", reason=str(failure)))
        return False
    return True
