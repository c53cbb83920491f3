"""Runs stack operations in the background, each in a thread that is at work until it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import partial

from embedded_aws.cloudformation import deployment
from embedded_aws.cloudformation.operation import Operation, operation
from embedded_aws.cloudformation.provisioner import Actor
from embedded_aws.cloudformation.records import Revision, Stack
from embedded_aws.cloudformation.removal import delete_stack
from embedded_aws.cloudformation.rollback import undo_creation, undo_update
from embedded_aws.cloudformation.store import StackStore
from embedded_aws.environment import Environment


class Runner:
    """Starts operations on stacks that the caller has seen to be at rest."""

    def __init__(self, environment: Environment, store: StackStore) -> None:
        self._environment = environment
        self._store = store
        self._threads: list[threading.Thread] = []

    def close(self) -> None:
        """Wait for running operations, whose calls fail once the instance stops answering."""
        for thread in self._threads:
            thread.join()

    def create(self, stack: Stack, revision: Revision, on_failure: str, caller_key: str) -> None:
        """Make the resources of a stack that has none."""
        begun = self._store.begin(stack, "CREATE_IN_PROGRESS", revision=revision)
        action = partial(deployment.create, revision=revision, on_failure=on_failure)
        self._run(begun, revision, action, caller_key)

    def update(self, stack: Stack, revision: Revision, on_failure: str, caller_key: str) -> None:
        """Bring a stack to a new revision."""
        self._store.begin(stack, "UPDATE_IN_PROGRESS", updated_at=self._environment.clock.now())
        action = partial(deployment.update, revision=revision, on_failure=on_failure)
        self._run(stack, revision, action, caller_key)

    def delete(self, stack: Stack, retained: Collection[str], caller_key: str) -> None:
        """Delete a stack's resources, then the stack."""
        begun = self._store.begin(stack, "DELETE_IN_PROGRESS")
        self._run(begun, stack.revision, partial(delete_stack, retained=retained), caller_key)

    def undo_creation(self, stack: Stack, caller_key: str) -> None:
        """Roll back a creation that failed and was left as it is."""
        begun = self._store.begin(stack, "ROLLBACK_IN_PROGRESS")
        self._run(begun, stack.revision, partial(undo_creation, reason=""), caller_key)

    def undo_update(self, stack: Stack, fallback: Stack, caller_key: str) -> None:
        """Roll back an update that failed and was left as it is."""
        self._store.begin(stack, "UPDATE_ROLLBACK_IN_PROGRESS")
        self._run(fallback, fallback.revision, undo_update, caller_key)

    def _run(
        self,
        before: Stack,
        revision: Revision | None,
        action: Callable[[Operation], None],
        caller_key: str,
    ) -> None:
        actor = Actor(caller_key, revision.role_arn if revision else None)
        work = operation(self._environment, self._store, before, actor)

        def run() -> None:
            try:
                action(work)
            finally:
                self._end_unfinished(before.stack_id)

        thread = self._environment.clock.spawn(run, f"cloudformation {before.name}")
        self._threads = [item for item in self._threads if item.is_alive()] + [thread]

    def _end_unfinished(self, stack_id: str) -> None:
        """Without this, a defect in a handler would leave the stack in progress for ever."""
        stack = self._store.stack(stack_id)
        if stack.is_in_progress:
            failed = stack.status.replace("_COMPLETE_CLEANUP", "").replace("IN_PROGRESS", "FAILED")
            self._store.set_status(stack_id, failed, "Internal Failure")
