"""The containers of one job, one per host, started together and stopped together."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from embedded_aws.clock import Clock, Timer
from embedded_aws.sagemaker.jobs.container import Container
from embedded_aws.sagemaker.jobs.images import Launch
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

    def printed(self) -> str:
        """What its container printed, with the container's own paths."""
        return self.sandbox.restore(_content(self.log).decode(errors="replace"))

    def wrote(self, container_path: str) -> bytes:
        """The content of a file as the container wrote it, nothing if it is not there."""
        return _content(self.sandbox.path(container_path))


@dataclass(frozen=True)
class Exit:
    """How a cluster's run ended: the exit code that counts, and whose it is."""

    code: int
    host: Host


class Cluster:
    """Hosts ``algo-1`` to ``algo-n`` with their folders beneath one of the job's own.

    Attributes:
        network: A folder that every host sees, and that stands for the network between them:
            a container finds the others by their names, a process on loopback cannot.
    """

    def __init__(self, scratch: Path, job_name: str, instance_count: int, clock: Clock) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        # Not by the name alone: a deleted job's name is free while its folder is cleared.
        self._folder = Path(tempfile.mkdtemp(prefix=f"{job_name}-", dir=scratch.absolute()))
        self._clock = clock
        self._lock = threading.Lock()
        self._containers: list[Container] = []
        self._is_stopped = False
        self._grace: Timer | None = None
        self.network = self._folder / "network"
        self.network.mkdir()
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

    def run(self, launch: Callable[[Host], Launch]) -> Exit | None:
        """Run a command on every host, its ``/opt/ml`` paths rewritten to the host's sandbox.

        A host that fails ends the others: they would wait for it in vain. AWS's own documents
        only say that the job fails.

        Returns:
            The end of the first host that failed, or of the first host; none when the cluster
            was stopped before it began.
        """
        with self._lock:
            if self._is_stopped:
                return None
            for host in self.hosts:
                try:
                    self._containers.append(_start(host, launch(host)))
                except OSError as unusable:
                    self._end_all()
                    host.log.write_text(f"{unusable}\n", encoding="utf-8")
                    return Exit(COMMAND_NOT_FOUND, host)
        return self._await_end()

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
            self._kill()

    def remove(self) -> None:
        """Free the disk space, as SageMaker does with a job's volumes."""
        if self._grace is not None:
            self._clock.cancel(self._grace)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _kill(self) -> None:
        self._is_stopped = True
        for container in self._containers:
            container.kill()

    def _end_all(self) -> None:
        self._kill()
        for container in self._containers:
            container.wait()

    def _await_end(self) -> Exit:
        failed: list[Exit] = []
        with ThreadPoolExecutor(len(self.hosts), "container") as pool:
            hosts = {
                pool.submit(container.wait): host
                for host, container in zip(self.hosts, self._containers, strict=True)
            }
            for ended in as_completed(hosts):
                if code := ended.result():
                    failed.append(Exit(code, hosts[ended]))
                    if len(failed) == 1 and not self._is_stopped:
                        self.kill()
        return failed[0] if failed else Exit(0, self.hosts[0])


def _content(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _start(host: Host, launch: Launch) -> Container:
    sandbox = host.sandbox
    temporary = sandbox.root / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    variables = {name: sandbox.rewrite(value) for name, value in launch.environment.items()}
    return Container(
        [sandbox.rewrite(argument) for argument in launch.command],
        {"HOME": str(sandbox.root), "TMPDIR": str(temporary), **variables},
        sandbox.root,
        host.log,
    )
