"""Brings a stack to a revision: creates, updates and replaces its resources, one by one."""

from __future__ import annotations

from dataclasses import replace

from embedded_aws.cloudformation.blueprint import ResourceDefinition
from embedded_aws.cloudformation.changes import is_replacement, live_lookups
from embedded_aws.cloudformation.desired import desired_properties, outputs
from embedded_aws.cloudformation.errors import ResourceFailure, TemplateError
from embedded_aws.cloudformation.operation import Operation
from embedded_aws.cloudformation.records import Revision, StackResource
from embedded_aws.cloudformation.removal import clean_up
from embedded_aws.cloudformation.rollback import undo_creation, undo_update


def create(operation: Operation, revision: Revision, on_failure: str) -> None:
    """Make every resource of a stack.

    Args:
        operation: The stack to work on.
        revision: What it is to become.
        on_failure: ROLLBACK, DELETE or DO_NOTHING.
    """
    failure = _apply_all(operation, revision)
    if failure is None:
        _finish(operation, revision, "CREATE_COMPLETE")
    elif on_failure == "DO_NOTHING":
        operation.set_status("CREATE_FAILED", failure, revision=revision)
    else:
        undo_creation(operation, failure, delete=on_failure == "DELETE")


def update(operation: Operation, revision: Revision, on_failure: str) -> None:
    """Change what differs, then delete what is left over; on failure go back.

    Args:
        operation: The stack to work on.
        revision: What it is to become.
        on_failure: ROLLBACK or DO_NOTHING, after which RollbackStack can go back.
    """
    failure = _apply_all(operation, revision)
    if failure is None:
        _clean_up(operation, revision)
    elif on_failure == "DO_NOTHING":
        operation.set_status("UPDATE_FAILED", failure, fallback=operation.before)
    else:
        operation.set_status("UPDATE_ROLLBACK_IN_PROGRESS", failure)
        undo_update(operation)


def _apply_all(operation: Operation, revision: Revision) -> str | None:
    """Make all resources as the revision says; the reason if one of them cannot be."""
    for definition in revision.blueprint.resources.values():
        existing = operation.before.resources.get(definition.logical_id)
        try:
            _apply(operation, revision, definition, existing)
        except (ResourceFailure, TemplateError) as error:
            _tell_of_failure(operation, definition, existing, str(error))
            verb = "update" if existing else "create"
            return f"The following resource(s) failed to {verb}: [{definition.logical_id}]. "
    try:
        outputs(revision, live_lookups(operation.now.resources))
    except TemplateError as error:
        return f"{error}. "
    return None


def _apply(
    operation: Operation,
    revision: Revision,
    definition: ResourceDefinition,
    existing: StackResource | None,
) -> None:
    lookups = live_lookups(operation.now.resources)
    properties = desired_properties(revision, definition, lookups)
    if existing is None or is_replacement(existing, properties):
        operation.provisioner.create(definition, properties)
    elif existing.properties != properties:
        operation.provisioner.update(existing, definition, properties)
    else:
        operation.put(replace(existing, definition=definition))


def _tell_of_failure(
    operation: Operation,
    definition: ResourceDefinition,
    existing: StackResource | None,
    reason: str,
) -> None:
    """Tell of a failure that came before the first call; of any other the provisioner told."""
    if operation.now.resources.get(definition.logical_id) != existing:
        return
    if existing is not None:
        operation.provisioner.tell_of(existing, "UPDATE_FAILED", reason)
        return
    now = operation.clock.now()
    failed = StackResource(definition, "", {}, {}, "CREATE_FAILED", reason, now)
    operation.put(failed)
    operation.provisioner.tell_of(failed, "CREATE_FAILED", reason)


def _clean_up(operation: Operation, revision: Revision) -> None:
    now = operation.now.resources
    leftovers: list[tuple[StackResource, str]] = []
    for name, old in operation.before.resources.items():
        definition = revision.blueprint.resources.get(name)
        if definition is None:
            leftovers.append((old, old.definition.deletion_policy))
        elif now[name].physical_id != old.physical_id:
            leftovers.append((old, definition.update_replace_policy))
    operation.set_status("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    failed = clean_up(operation.provisioner, leftovers)
    reason = "Update successful. One or more resources could not be deleted." if failed else None
    _finish(operation, revision, "UPDATE_COMPLETE", reason)


def _finish(
    operation: Operation, revision: Revision, status: str, reason: str | None = None
) -> None:
    now = operation.now.resources
    operation.set_status(
        status,
        reason,
        revision=revision,
        resources={name: now[name] for name in revision.blueprint.resources},
        outputs=outputs(revision, live_lookups(now)),
    )
