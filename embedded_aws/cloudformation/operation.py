"""What the steps of one stack operation share."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_aws.clock import Clock
from embedded_aws.cloudformation.provisioner import Actor, Provisioner
from embedded_aws.cloudformation.records import Stack, StackResource
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.environment import Environment


@dataclass(frozen=True)
class Operation:
    """One operation on one stack.

    Attributes:
        before: The stack as it was; an update's rollback returns to it.
    """

    store: StackStore
    provisioner: Provisioner
    clock: Clock
    before: Stack

    @property
    def stack_id(self) -> str:
        """The stack that is worked on."""
        return self.before.stack_id

    @property
    def now(self) -> Stack:
        """The stack as it is at this moment."""
        return self.store.stack(self.stack_id)

    def put(self, resource: StackResource) -> None:
        """Remember a resource as it is now."""
        self.store.put_resource(self.stack_id, resource)

    def set_status(self, status: str, reason: str | None = None, **changes: object) -> None:
        """Move the stack on; ``changes`` are fields of ``Stack``."""
        self.store.set_status(self.stack_id, status, reason, **changes)


def operation(
    environment: Environment, store: StackStore, before: Stack, actor: Actor
) -> Operation:
    """An operation on a stack, in somebody's name."""
    provisioner = Provisioner(environment, store, before, actor)
    return Operation(store, provisioner, environment.clock, before)
