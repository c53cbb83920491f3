"""What may befall a job from outside: whoever scripts faults decides it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True)
class Fate:
    """What is to become of one attempt of a job.

    Attributes:
        pending_seconds: How long it waits for capacity before anything else; a training job on
            accelerated instances is stopped when its MaxPendingTimeInSeconds is over before.
        failure_reason: It fails for this reason, whatever its containers do.
        kill: Its containers are killed, which fails it with their exit code.
        after_seconds: Virtual time until it fails, from its start after any wait for capacity;
            or until its containers are killed, from theirs. It goes on until then, even if its
            work ends earlier; what fails at 0 never had an instance.
    """

    pending_seconds: float = 0.0
    failure_reason: str | None = None
    kill: bool = False
    after_seconds: float = 0.0

    def fails_at(self, begun_at: datetime) -> datetime | None:
        """When an attempt that began then fails, whatever happens."""
        return None if self.failure_reason is None else begun_at + self._delay

    def strikes_at(self, begun_at: datetime, launched_at: datetime) -> datetime | None:
        """When the containers of an attempt meet their end; None for an attempt left alone."""
        return launched_at + self._delay if self.kill else self.fails_at(begun_at)

    @property
    def _delay(self) -> timedelta:
        return timedelta(seconds=self.after_seconds)


class JobFates(Protocol):
    """Knows the fate of jobs."""

    def fate_of(self, job_name: str, kind: str, request: Mapping[str, Any]) -> Fate | None:
        """The fate of a job that starts now; nothing befalls it if there is none.

        Asked once for each attempt, since SageMaker retries a training job that fails with
        ``InternalServerError``. ``kind`` is ``Processing`` or ``Training``; ``request`` has
        what the job was created with.
        """
        ...


class NoFates:
    """Leaves every job alone."""

    def fate_of(self, _job_name: str, _kind: str, _request: Mapping[str, Any]) -> Fate | None:
        """No fate."""
        return None


NOTHING = Fate()
