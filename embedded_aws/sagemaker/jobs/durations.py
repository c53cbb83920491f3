"""How long jobs last on the virtual clock, where their real work takes less."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from types import MappingProxyType

from embedded_aws.sagemaker.jobs.phases import DOWNLOADING, RUNNING, STARTING, UPLOADING

# How far through a job each phase ends: an assumption, after logs of small jobs in public issues.
_ENDS: Mapping[str, float] = MappingProxyType(
    {STARTING: 0.25, DOWNLOADING: 0.3, RUNNING: 0.95, UPLOADING: 1.0}
)


@dataclass(frozen=True)
class JobDuration:
    """How long the jobs last that match every one of the shell patterns.

    Attributes:
        seconds: From the job's start, or the end of its wait for capacity, to its end.
        kind: ``Processing`` or ``Training``.
    """

    seconds: float
    kind: str = "*"
    name: str = "*"
    instance_type: str = "*"

    def fits(self, kind: str, name: str, instance_type: str) -> bool:
        """Whether this is about a job."""
        return (
            fnmatchcase(kind, self.kind)
            and fnmatchcase(name, self.name)
            and fnmatchcase(instance_type, self.instance_type)
        )


@dataclass(frozen=True)
class JobDurations:
    """Simulated durations, the first that fits counts; without one, a job's work is its time.

    A job whose real work takes longer lasts as long as that.
    """

    rules: tuple[JobDuration, ...] = ()

    def seconds(self, kind: str, name: str, instance_type: str) -> float:
        """How long a job lasts at least."""
        fitting = (rule.seconds for rule in self.rules if rule.fits(kind, name, instance_type))
        return next(fitting, 0.0)


@dataclass(frozen=True)
class Timetable:
    """When the phases of a job end that begins now, at the earliest."""

    begun_at: datetime
    seconds: float

    def end_of(self, phase: str) -> datetime:
        """The virtual instant until which a phase lasts."""
        return self.begun_at + timedelta(seconds=self.seconds * _ENDS[phase])
