"""Executions: the record of one, and the store of all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from embedded_aws.stepfunctions.checkpoints import Checkpoint, Finished
from embedded_aws.stepfunctions.history import Event, History

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.machines import Revision
    from embedded_aws.stepfunctions.run import Run

# Quotas page: a closed execution is kept for 90 days, then its name is free again.
_KEPT = timedelta(days=90)


class Follower(Protocol):
    """Whoever wants to know what happens to executions; it must not block."""

    def recorded(self, execution: Execution, event: Event) -> None:
        """An event was written."""
        ...

    def changed(self, execution: Execution) -> None:
        """The status has changed."""
        ...


@dataclass(eq=False)
class Execution:
    """One execution's record; its lock guards all that changes.

    Attributes:
        revision: The definition that it started with, for good.
        outcome: Details of the event that ended it: output, or error and cause.
        run: Who drives it now; None when it has ended.
    """

    arn: str
    name: str
    revision: Revision
    input_text: str
    now: Callable[[], datetime]
    followers: tuple[Follower, ...]
    started_at: datetime
    trace_header: str | None = None
    version_arn: str | None = None
    alias_arn: str | None = None
    status: str = "RUNNING"
    stopped_at: datetime | None = None
    outcome: Mapping[str, Any] = field(default_factory=dict)
    redrive_count: int = 0
    redriven_at: datetime | None = None
    redrive_token: str | None = None
    checkpoint: Checkpoint | None = None
    run: Run | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        """Begin with an empty history."""
        self.history = History(self.now)

    def append(self, kind: str, previous_id: int, details: Mapping[str, Any] | None) -> Event:
        """Write an event; the caller holds the lock."""
        event = self.history.append(kind, previous_id, details)
        for follower in self.followers:
            follower.recorded(self, event)
        return event

    def close(
        self, status: str, outcome: Mapping[str, Any], checkpoint: Checkpoint | Finished | None
    ) -> None:
        """Set the final status; the caller holds the lock."""
        self.run = None
        self.history.pack()
        self.status = status
        self.stopped_at = self.now()
        self.outcome = outcome
        self.checkpoint = checkpoint if isinstance(checkpoint, Checkpoint) else None

    def announce(self) -> None:
        """Tell the followers that the status has changed."""
        for follower in self.followers:
            follower.changed(self)


class ExecutionStore:
    """All executions by ARN, oldest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self._now = now
        self._by_arn: dict[str, Execution] = {}

    def find(self, arn: str) -> Execution | None:
        """The execution, unless there is none or it is forgotten."""
        with self.lock:
            execution = self._by_arn.get(arn)
            return None if execution is None or self._is_old(execution) else execution

    def add(self, execution: Execution) -> None:
        """Keep a new execution, and forget those that closed long ago."""
        with self.lock:
            self._forget_old()
            self._by_arn[execution.arn] = execution

    def newest_first(self) -> list[Execution]:
        """All executions, the last started first."""
        with self.lock:
            return list(self._by_arn.values())[::-1]

    def _forget_old(self) -> None:
        old = [arn for arn, execution in self._by_arn.items() if self._is_old(execution)]
        for arn in old:
            del self._by_arn[arn]

    def _is_old(self, execution: Execution) -> bool:
        stopped_at = execution.stopped_at
        return stopped_at is not None and self._now() - stopped_at > _KEPT
