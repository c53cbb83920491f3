"""The life of a job: its data comes, its containers run, its results go; told in its record."""

from __future__ import annotations

import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError

from embedded_aws.clock import Signal, Timer
from embedded_aws.environment import Environment
from embedded_aws.sagemaker.jobs import images
from embedded_aws.sagemaker.jobs.cluster import Cluster, Host
from embedded_aws.sagemaker.jobs.durations import Timetable
from embedded_aws.sagemaker.jobs.failures import (
    INTERNAL_SERVER_ERROR,
    MAX_FAILURE_REASON,
    JobFailure,
    JobStopped,
    algorithm_failure,
)
from embedded_aws.sagemaker.jobs.fates import NOTHING, Fate
from embedded_aws.sagemaker.jobs.images import Image, Launch
from embedded_aws.sagemaker.jobs.phases import (
    COMPLETED,
    DOWNLOADING,
    FAILED,
    IN_PROGRESS,
    MAX_RUNTIME_EXCEEDED,
    PENDING,
    RUNNING,
    STARTING,
    STOPPED,
    STOPPING,
    UPLOADING,
)
from embedded_aws.sagemaker.jobs.record import JobRecord
from embedded_aws.sagemaker.jobs.surroundings import Surroundings

KILLED = 128 + signal.SIGKILL


class JobRun(ABC):
    """Runs one job in a thread of its own; hooks tell processing from training.

    Each phase does its real work, then lasts as long as its simulated duration asks. A job that
    is stopped in that rest has no results: its container would still have been at work.
    """

    noun: ClassVar[str]
    log_group: ClassVar[str]

    def __init__(self, record: JobRecord, environment: Environment) -> None:
        self.record = record
        self.request = record.describe()
        self.environment = environment
        self.clock = environment.clock
        self._surroundings = Surroundings(
            environment, self.request["RoleArn"], self.request[f"{self.noun}JobArn"]
        )
        self._lock = threading.RLock()
        self._interrupted = Signal()
        self._stop_phase: str | None = None
        self._is_closing = False
        self._guard: Timer | None = None
        self._thread: threading.Thread | None = None
        self.cluster = self._new_cluster()

    @property
    @abstractmethod
    def image_uri(self) -> str:
        """The image that every host runs."""

    @staticmethod
    @abstractmethod
    def instances_of(request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The request's member that has ``InstanceType`` and ``InstanceCount``."""

    @property
    def max_retries(self) -> int:
        """How often the job is begun again when it fails with ``InternalServerError``."""
        return 0

    @property
    def max_pending_seconds(self) -> float | None:
        """How long it may wait for capacity; None for as long as it takes."""
        return None

    @abstractmethod
    def members_of(self, phase: str) -> Mapping[str, Any]:
        """Members of the record that change when a phase begins."""

    @abstractmethod
    def furnish(self, s3: Any, host: Host) -> None:  # noqa: ANN401  # boto3 client
        """Put a host's data and configuration in its sandbox."""

    @abstractmethod
    def launch(self, image: Image, host: Host) -> Launch:
        """What a host's container runs."""

    @abstractmethod
    def collect(self, messages: Sequence[str]) -> Mapping[str, Any]:
        """Members that the containers left behind, whatever their end."""

    @abstractmethod
    def failure_text(self, host: Host) -> str:
        """What a container says about its failure."""

    @abstractmethod
    def upload(self, s3: Any, *, is_stopped: bool) -> Mapping[str, Any]:  # noqa: ANN401
        """Bring the results to S3; members that tell where they are."""

    @property
    def instances(self) -> Mapping[str, Any]:
        """What the job runs on."""
        return self.instances_of(self.request)

    def start(self, when_ended: Callable[[Mapping[str, Any]], None]) -> None:
        """Begin in the background; tell ``when_ended`` what Describe answers in the end."""
        name = f"{self.noun}Job {self.record.name}"
        self._thread = self.clock.spawn(lambda: self._run(when_ended), name)

    def stop(self, phase: str = STOPPED) -> None:
        """Ask the containers to end; the job then ends in ``phase``."""
        with self._lock:
            if self._stop_phase is None and self.record.status == IN_PROGRESS:
                self._stop_phase = phase
                self._tell(STOPPING, STOPPING)
                self.cluster.stop()
                self.clock.set(self._interrupted)

    def close(self) -> None:
        """End the containers at once and wait until the job's thread is through."""
        with self._lock:
            self._is_closing = True
            self.cluster.kill()
        self.clock.set(self._interrupted)
        if self._thread is not None:
            self._thread.join()

    def _run(self, when_ended: Callable[[Mapping[str, Any]], None]) -> None:
        try:
            self._end(self._attempts())
        except JobStopped:
            self._end({})
        except JobFailure as failure:
            self._fail(str(failure))
        except BotoCoreError:
            # No answer at all, not even a refusal: this instance is being shut down.
            self._fail(INTERNAL_SERVER_ERROR)
        finally:
            if not self.record.has_ended:
                self._fail(INTERNAL_SERVER_ERROR)
            if self._guard is not None:
                self.clock.cancel(self._guard)
            self.cluster.remove()
            when_ended(self.record.describe())

    def _attempts(self) -> Mapping[str, Any]:
        retries = 0
        while True:
            try:
                return self._attempt(self._fate())
            except JobFailure as failure:
                if self._is_closing or not failure.is_retried or retries == self.max_retries:
                    raise
            retries += 1
            self._restart()

    def _attempt(self, fate: Fate) -> Mapping[str, Any]:
        """Go through the phases once; members that tell of the results."""
        self._await_capacity(fate.pending_seconds)
        kind, name = self.noun, self.record.name
        durations = self.environment.settings.job_durations
        seconds = durations.seconds(kind, name, self.instances["InstanceType"])
        timetable = Timetable(self.clock.now(), seconds)
        self._start_up(timetable, fate)
        image = images.pull(self.image_uri)
        self._guard_runtime()
        self._furnish_all(timetable.end_of(DOWNLOADING))
        self._contain(image, timetable, fate)
        self._progress(UPLOADING)
        members = self.upload(self._surroundings.client("s3"), is_stopped=self._is_stopping)
        self._wait_until(timetable.end_of(UPLOADING))
        return members

    def _await_capacity(self, seconds: float) -> None:
        if not seconds:
            return
        self._progress(PENDING)
        limit = self.max_pending_seconds
        if limit is None or seconds <= limit:
            self._last_until(self.clock.now() + timedelta(seconds=seconds))
            return
        self._last_until(self.clock.now() + timedelta(seconds=limit))
        self.stop()
        raise JobStopped

    def _start_up(self, timetable: Timetable, fate: Fate) -> None:
        end, fails_at = timetable.end_of(STARTING), fate.fails_at(timetable.begun_at)
        if fails_at is not None and fails_at <= end:
            self._last_until(fails_at)
            raise self._failure(fate)
        self._last_until(end)

    def _furnish_all(self, end: datetime) -> None:
        self._progress(DOWNLOADING)
        s3 = self._surroundings.client("s3")
        for host in self.cluster.hosts:
            self.furnish(s3, host)
        self._last_until(end)

    def _contain(self, image: Image, timetable: Timetable, fate: Fate) -> None:
        """Run the containers to their end, or to what their fate has for them."""
        self._progress(RUNNING)
        strikes_at = fate.strikes_at(timetable.begun_at, self.clock.now())
        doom = self.clock.call_at(strikes_at, self.cluster.kill) if strikes_at else None
        exited = self.cluster.run(lambda host: self._launch(image, host))
        if doom is not None:
            self.clock.cancel(doom)
        if exited is not None and not self._is_closing:
            messages = self._surroundings.deliver_logs(
                self.log_group, self.record.name, self.cluster.hosts
            )
            self.record.update(**self.collect(messages))
            if self._is_stopping:
                # What the containers saved within the grace period counts.
                return
        self._last_until(strikes_at or timetable.end_of(RUNNING))
        if strikes_at is not None:
            raise self._failure(fate)
        if exited is not None and exited.code:
            raise JobFailure(algorithm_failure(self.failure_text(exited.host), exited.code))

    def _failure(self, fate: Fate) -> JobFailure:
        killed = algorithm_failure(self.failure_text(self.cluster.hosts[0]), KILLED)
        return JobFailure(fate.failure_reason or killed)

    def _launch(self, image: Image, host: Host) -> Launch:
        variables = {**image.environment, **self.request.get("Environment", {})}
        return self._surroundings.of(self.launch(image, host), variables)

    def _fate(self) -> Fate:
        fates, name = self.environment.fates, self.record.name
        return fates.fate_of(name, self.noun, self.request) or NOTHING

    def _guard_runtime(self) -> None:
        """Limit all attempts together, from the first one's instances on (StoppingCondition)."""
        if self._guard is None:
            seconds = self.request["StoppingCondition"]["MaxRuntimeInSeconds"]
            self._guard = self.clock.call_later(seconds, lambda: self.stop(MAX_RUNTIME_EXCEEDED))

    def _restart(self) -> None:
        """Begin anew on other instances: "SecondaryStatus is changed to STARTING"."""
        with self._lock:
            self._raise_if_interrupted()
            self.cluster.remove()
            self.cluster = self._new_cluster()
            self._progress(STARTING)

    def _new_cluster(self) -> Cluster:
        scratch = self.environment.settings.scratch / "sagemaker"
        return Cluster(scratch, self.record.name, self.instances["InstanceCount"], self.clock)

    @property
    def _is_stopping(self) -> bool:
        return self._stop_phase is not None

    def _last_until(self, end: datetime) -> None:
        """Let a phase last; a job that is stopped meanwhile leaves it."""
        self._wait_until(end)
        self._raise_if_interrupted()

    def _wait_until(self, end: datetime) -> None:
        remaining = (end - self.clock.now()).total_seconds()
        if remaining > 0:
            self.clock.wait(self._interrupted, remaining, pulls=True)

    def _raise_if_interrupted(self) -> None:
        if self._is_closing:
            raise JobFailure(INTERNAL_SERVER_ERROR)
        if self._is_stopping:
            raise JobStopped

    def _progress(self, phase: str) -> None:
        with self._lock:
            if not self._is_stopping:
                self._tell(IN_PROGRESS, phase)

    def _end(self, members: Mapping[str, Any]) -> None:
        with self._lock:
            if self._stop_phase is None:
                self._tell(COMPLETED, COMPLETED, **members)
            else:
                self._tell(STOPPED, self._stop_phase, **members)

    def _fail(self, reason: str) -> None:
        with self._lock:
            self._tell(FAILED, FAILED, FailureReason=reason[:MAX_FAILURE_REASON])

    def _tell(self, status: str, phase: str, **members: Any) -> None:  # noqa: ANN401
        changed = {f"{self.noun}JobStatus": status, **self.members_of(phase), **members}
        self.record.update(**changed)
