"""What may befall a job from outside: whoever scripts faults decides it here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Fate:
    """What is to become of one attempt of a job.

    Attributes:
        pending_seconds: How long it waits for capacity before anything else; a training job on
            accelerated instances is stopped when its MaxPendingTimeInSeconds is over before.
        failure_reason: It fails for this reason, whatever its containers do.
        kill: Its containers are killed, which fails it with their exit code.
        after_seconds: Virtual time from its start, after any wait for capacity, until it fails
            or is killed; with 0, it fails before it has any instance. It goes on until then,
            even if its work ends earlier.
    """

    pending_seconds: float = 0.0
    failure_reason: str | None = None
    kill: bool = False
    after_seconds: float = 0.0

    @property
    def is_fatal(self) -> bool:
        """Whether the attempt cannot succeed."""
        return self.kill or self.failure_reason is not None


class JobFates(Protocol):
    """Knows the fate of jobs."""

    def fate_of(self, job_name: str, kind: str) -> Fate | None:
        """The fate of a job that starts now; nothing befalls it if there is none.

        Asked once for each attempt, since SageMaker retries a training job that fails with
        ``InternalServerError``. ``kind`` is ``Processing`` or ``Training``.
        """
        ...


class NoFates:
    """Leaves every job alone."""

    def fate_of(self, _job_name: str, _kind: str) -> Fate | None:
        """No fate."""
        return None


NOTHING = Fate()
