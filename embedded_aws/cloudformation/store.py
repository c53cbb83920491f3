"""Keeps stacks, events and change sets in memory; every record handed out is immutable."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.cloudformation.records import (
    STACK_TYPE,
    ChangeSet,
    Stack,
    StackEvent,
    StackResource,
)
from embedded_aws.gateway.service import ServiceError

_TICK = timedelta(milliseconds=1)


class StackStore:
    """All methods are thread-safe; a stack's status and the event that says so change as one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._stacks: dict[str, Stack] = {}
        self._events: dict[str, list[StackEvent]] = {}
        self._change_sets: dict[str, ChangeSet] = {}

    def add(self, stack: Stack) -> None:
        """Remember a new stack; no event tells of it yet.

        Raises:
            ServiceError: ``AlreadyExistsException``, another living stack has its name.
        """
        with self._changed:
            if self.find(stack.name) is not None:
                message = f"Stack [{stack.name}] already exists"
                raise ServiceError("AlreadyExistsException", message)
            self._stacks[stack.stack_id] = stack
            self._events[stack.stack_id] = []

    def stacks(self) -> list[Stack]:
        """Every stack that ever was, newest first."""
        with self._changed:
            return list(reversed(self._stacks.values()))

    def find(self, name_or_id: str) -> Stack | None:
        """The stack of that id, or the living stack of that name."""
        with self._changed:
            by_id = self._stacks.get(name_or_id)
            living = (
                stack
                for stack in self._stacks.values()
                if stack.name == name_or_id and not stack.is_deleted
            )
            return by_id or next(living, None)

    def stack(self, name_or_id: str) -> Stack:
        """The stack of that id, or the living stack of that name.

        Raises:
            ServiceError: ``ValidationError``, in the words that clients look for.
        """
        found = self.find(name_or_id)
        if found is None:
            message = f"Stack with id {name_or_id} does not exist"
            raise ServiceError("ValidationError", message)
        return found

    def set_status(
        self,
        stack_id: str,
        status: str,
        reason: str | None = None,
        **changes: Any,  # noqa: ANN401  # fields of Stack
    ) -> Stack:
        """Move a stack to a status, with the event that tells of it."""
        with self._changed:
            stack = replace(self._stacks[stack_id], status=status, reason=reason, **changes)
            self._stacks[stack_id] = stack
            self._record_status(stack)
            self._changed.notify_all()
            return stack

    def begin(self, stack: Stack, status: str, **changes: Any) -> Stack:  # noqa: ANN401  # as above
        """Move a stack to an operation in progress, unless somebody else did so meanwhile.

        Raises:
            ServiceError: ``ValidationError``, another operation is under way.
        """
        with self._changed:
            now = self._stacks[stack.stack_id]
            if now.status != stack.status:
                message = f"Stack:{stack.stack_id} is in {now.status} state and can not be updated."
                raise ServiceError("ValidationError", message)
            return self.set_status(stack.stack_id, status, "User Initiated", **changes)

    def put_resource(self, stack_id: str, resource: StackResource) -> None:
        """Remember a resource as it is now; a new one comes last."""
        with self._changed:
            stack = self._stacks[stack_id]
            resources = {**stack.resources, resource.logical_id: resource}
            self._stacks[stack_id] = replace(stack, resources=resources)

    def drop_resource(self, stack_id: str, logical_id: str) -> None:
        """Forget a resource, whether or not it is known."""
        with self._changed:
            stack = self._stacks[stack_id]
            resources = {name: item for name, item in stack.resources.items() if name != logical_id}
            self._stacks[stack_id] = replace(stack, resources=resources)

    def record(self, stack_id: str, resource: StackResource) -> None:
        """Add the event that tells of a resource's status."""
        self._append(
            stack_id,
            logical_id=resource.logical_id,
            physical_id=resource.physical_id,
            type=resource.definition.type,
            status=resource.status,
            reason=resource.reason,
        )

    def events(self, stack_id: str) -> list[StackEvent]:
        """A stack's events, oldest first."""
        with self._changed:
            return list(self._events[stack_id])

    def wait_until_settled(self, stack_id: str, patience_seconds: float) -> None:
        """Wait, in real time, for a stack's operation to end, but no longer than that."""
        with self._changed:
            self._changed.wait_for(
                lambda: not self._stacks[stack_id].is_in_progress, patience_seconds
            )

    def put_change_set(self, change_set: ChangeSet) -> None:
        """Remember a change set as it is now."""
        with self._changed:
            self._change_sets[change_set.change_set_id] = change_set

    def drop_change_set(self, change_set_id: str) -> None:
        """Forget a change set."""
        with self._changed:
            del self._change_sets[change_set_id]

    def drop_change_sets(self, stack_id: str) -> None:
        """Forget a stack's change sets."""
        with self._changed:
            for change_set in self.change_sets(stack_id):
                del self._change_sets[change_set.change_set_id]

    def change_sets(self, stack_id: str) -> list[ChangeSet]:
        """A stack's change sets, newest first."""
        with self._changed:
            found = reversed(self._change_sets.values())
            return [item for item in found if item.stack_id == stack_id]

    def change_set(self, name_or_id: str, stack_name: str | None) -> ChangeSet:
        """The change set of that id, or of that name on that stack.

        Raises:
            ServiceError: ``ChangeSetNotFound``.
        """
        with self._changed:
            if name_or_id in self._change_sets:
                return self._change_sets[name_or_id]
        stack = self.find(stack_name) if stack_name else None
        for item in self.change_sets(stack.stack_id) if stack else []:
            if item.name == name_or_id and item.execution_status != "EXECUTE_COMPLETE":
                return item
        message = f"ChangeSet [{name_or_id}] does not exist"
        raise ServiceError("ChangeSetNotFound", message, status=404)

    def _record_status(self, stack: Stack) -> None:
        self._append(
            stack.stack_id,
            logical_id=stack.name,
            physical_id=stack.stack_id,
            type=STACK_TYPE,
            status=stack.status,
            reason=stack.reason,
        )

    def _append(self, stack_id: str, **fields: Any) -> None:  # noqa: ANN401  # fields of StackEvent
        with self._changed:
            events = self._events[stack_id]
            at = self._after(events[-1].at if events else None)
            events.append(StackEvent(event_id=str(uuid.uuid4()), at=at, **fields))

    def _after(self, previous: datetime | None) -> datetime:
        # Clients resume from the last timestamp that they saw (sam does), so none may repeat.
        now = self._clock.now()
        return now if previous is None else max(now, previous + _TICK)
