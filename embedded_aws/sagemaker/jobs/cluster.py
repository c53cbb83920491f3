"""The containers of one job, one per host, started together and stopped together."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded_aws.clock import Clock, Timer
from embedded_aws.sagemaker.jobs.container import Container
from embedded_aws.sagemaker.jobs.sandbox import Sandbox

# StopTrainingJob: the time between SIGTERM and SIGKILL.
STOP_GRACE_SECONDS = 120
# What a shell tells of a command that is not there; AWS's words for it are undocumented.
COMMAND_NOT_FOUND = 127


@dataclass(frozen=True)
class Host:
    """One instance of a job: its name in the cluster, its file system, its output."""

    name: str
    sandbox: Sandbox
    log: Path


class Cluster:
    """Hosts ``algo-1`` to ``algo-n`` with their folders beneath one of the job's own."""

    def __init__(self, scratch: Path, job_name: str, instance_count: int, clock: Clock) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        # Not by the name alone: a deleted job's name is free while its folder is cleared.
        self._folder = Path(tempfile.mkdtemp(prefix=f"{job_name}-", dir=scratch.absolute()))
        self._clock = clock
        self._lock = threading.Lock()
        self._containers: list[Container] = []
        self._is_stopped = False
        self._grace: Timer | None = None
        names = [f"algo-{number + 1}" for number in range(instance_count)]
        self.hosts = tuple(
            Host(name, Sandbox(self._folder / name), self._folder / f"{name}.log") for name in names
        )

    @property
    def host_names(self) -> list[str]:
        """The names by which the hosts know each other."""
        return [host.name for host in self.hosts]

    def rank(self, host: Host) -> tuple[int, int]:
        """A host's number, from 0, and how many there are."""
        return self.hosts.index(host), len(self.hosts)

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> int | None:
        """Run a command on every host, its ``/opt/ml`` paths rewritten to the host's sandbox.

        Returns:
            The worst exit code; none when the cluster was stopped before it began.
        """
        with self._lock:
            if self._is_stopped:
                return None
            try:
                for host in self.hosts:
                    self._containers.append(_start(host, command, environment))
            except OSError as unusable:
                for container in self._containers:
                    container.kill()
                host.log.write_text(f"{unusable}\n", encoding="utf-8")
                return COMMAND_NOT_FOUND
        return max(container.wait() for container in self._containers)

    def stop(self) -> None:
        """Ask every container to end, and end it for good after the grace period."""
        with self._lock:
            self._is_stopped = True
            for container in self._containers:
                container.terminate()
            self._grace = self._clock.call_later(STOP_GRACE_SECONDS, self.kill)

    def kill(self) -> None:
        """End every container at once; none starts afterwards."""
        with self._lock:
            self._is_stopped = True
            for container in self._containers:
                container.kill()

    def remove(self) -> None:
        """Free the disk space, as SageMaker does with a job's volumes."""
        if self._grace is not None:
            self._clock.cancel(self._grace)
        shutil.rmtree(self._folder, ignore_errors=True)


def _start(host: Host, command: Sequence[str], environment: Mapping[str, str]) -> Container:
    sandbox = host.sandbox
    temporary = sandbox.root / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    variables = {name: sandbox.rewrite(value) for name, value in environment.items()}
    return Container(
        [sandbox.rewrite(argument) for argument in command],
        {"HOME": str(sandbox.root), "TMPDIR": str(temporary), **variables},
        sandbox.root,
        host.log,
    )
