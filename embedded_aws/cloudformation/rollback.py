"""Takes a failed deployment back: to nothing, or to what the stack was before."""

from __future__ import annotations

from embedded_aws.cloudformation.errors import ResourceFailure
from embedded_aws.cloudformation.operation import Operation
from embedded_aws.cloudformation.records import StackResource
from embedded_aws.cloudformation.removal import clean_up, remove_all


def undo_creation(operation: Operation, reason: str, *, delete: bool = False) -> None:
    """Delete what a failed creation made, and with ``delete`` the stack as well."""
    verb, what = ("DELETE", "Delete") if delete else ("ROLLBACK", "Rollback")
    operation.set_status(f"{verb}_IN_PROGRESS", f"{reason}{what} requested by user.")
    failed = remove_all(operation, undoes_creation=True)
    if failed:
        message = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
        operation.set_status(f"{verb}_FAILED", message)
    elif delete:
        operation.set_status("DELETE_COMPLETE", deleted_at=operation.clock.now())
    else:
        operation.set_status("ROLLBACK_COMPLETE")


def undo_update(operation: Operation) -> None:
    """Give every changed resource its old properties back, then delete what is new."""
    before, made = operation.before.resources, []
    for name, now in reversed(list(operation.now.resources.items())):
        old = before.get(name)
        if old is None or now.physical_id != old.physical_id:
            made.append(now)
        elif now.properties != old.properties and not _is_reverted(operation, now, old):
            reason = f"The following resource(s) failed to update: [{name}]. "
            operation.set_status("UPDATE_ROLLBACK_FAILED", reason)
            return
    reverted = operation.now.resources
    operation.set_status(
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        resources={name: _kept(reverted[name], old) for name, old in before.items()},
    )
    clean_up(operation.provisioner, [(item, "Delete") for item in reversed(made)])
    operation.set_status("UPDATE_ROLLBACK_COMPLETE", fallback=None)


def _is_reverted(operation: Operation, now: StackResource, old: StackResource) -> bool:
    try:
        operation.provisioner.update(now, old.definition, old.properties)
    except ResourceFailure:
        return False
    return True


def _kept(now: StackResource, old: StackResource) -> StackResource:
    """The reverted resource, whose attributes may be newer; any other one as it was."""
    is_reverted = (now.physical_id, now.definition) == (old.physical_id, old.definition)
    return now if is_reverted else old
