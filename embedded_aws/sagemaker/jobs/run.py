"""The life of a job: its data comes, its containers run, its results go; told in its record."""

from __future__ import annotations

import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from botocore.exceptions import BotoCoreError

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.jobs import images, log_delivery
from embedded_aws.sagemaker.jobs.cluster import Cluster, Host
from embedded_aws.sagemaker.jobs.failures import (
    INTERNAL_SERVER_ERROR,
    MAX_FAILURE_REASON,
    JobFailure,
    algorithm_failure,
)
from embedded_aws.sagemaker.jobs.images import Image, Launch
from embedded_aws.sagemaker.jobs.record import JobRecord

SESSION_NAME = "SageMaker"
DOWNLOADING, RUNNING, UPLOADING = "Downloading", "Training", "Uploading"
STOPPING, STOPPED, MAX_RUNTIME_EXCEEDED = "Stopping", "Stopped", "MaxRuntimeExceeded"
COMPLETED, FAILED, IN_PROGRESS = "Completed", "Failed", "InProgress"


class JobRun(ABC):
    """Runs one job in a thread of its own; hooks tell processing from training."""

    noun: ClassVar[str]
    log_group: ClassVar[str]

    def __init__(self, record: JobRecord, environment: Environment) -> None:
        self.record = record
        self.request = record.describe()
        self.environment = environment
        self.clock = environment.clock
        scratch = environment.settings.scratch / "sagemaker"
        self.cluster = Cluster(scratch, record.name, self.instance_count, self.clock)
        self._lock = threading.RLock()
        self._stop_phase: str | None = None
        self._is_closing = False
        self._thread: threading.Thread | None = None

    @property
    @abstractmethod
    def image_uri(self) -> str:
        """The image that every host runs."""

    @property
    @abstractmethod
    def instance_count(self) -> int:
        """How many hosts the job has."""

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

    def close(self) -> None:
        """End the containers at once and wait until the job's thread is through."""
        self._is_closing = True
        self.cluster.kill()
        if self._thread is not None:
            self._thread.join()

    def _run(self, when_ended: Callable[[Mapping[str, Any]], None]) -> None:
        seconds = self.request["StoppingCondition"]["MaxRuntimeInSeconds"]
        guard = self.clock.call_later(seconds, lambda: self.stop(MAX_RUNTIME_EXCEEDED))
        try:
            self._work()
        except JobFailure as failure:
            self._fail(str(failure))
        except BotoCoreError:
            # No answer at all, not even a refusal: this instance is being shut down.
            self._fail(INTERNAL_SERVER_ERROR)
        finally:
            if not self.record.has_ended:
                self._fail(INTERNAL_SERVER_ERROR)
            self.clock.cancel(guard)
            self.cluster.remove()
            when_ended(self.record.describe())

    def _work(self) -> None:
        image = images.pull(self.image_uri)
        s3 = self._client("s3")
        self._progress(DOWNLOADING)
        for host in self.cluster.hosts:
            self.furnish(s3, host)
        self._progress(RUNNING)
        end = self.cluster.run(lambda host: self._dressed(image, self.launch(image, host)))
        if self._is_closing:
            raise JobFailure(INTERNAL_SERVER_ERROR)
        if end is not None:
            self.record.update(**self.collect(self._deliver_logs()))
        if end is not None and end.code and self._stop_phase is None:
            raise JobFailure(algorithm_failure(self.failure_text(end.host), end.code))
        self._progress(UPLOADING)
        self._end(self.upload(s3, is_stopped=self._stop_phase is not None))

    def _dressed(self, image: Image, launch: Launch) -> Launch:
        """With a container's whole environment; nothing of this process's own gets into it."""
        settings = self.environment.settings
        credentials = self.environment.clients.role_credentials(
            self.request["RoleArn"], SESSION_NAME
        )
        variables = {
            "PATH": os.pathsep.join([str(settings.job_python.parent), os.defpath]),
            "LANG": "C.UTF-8",
            "AWS_REGION": settings.region,
            "AWS_DEFAULT_REGION": settings.region,
            # A real container asks a credential endpoint for its role's; boto3 takes these first.
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AWS_ENDPOINT_URL": self.environment.clients.endpoint_url,
            **image.environment,
            **self.request.get("Environment", {}),
            **launch.environment,
        }
        return Launch(launch.command, variables)

    def _deliver_logs(self) -> list[str]:
        logs, now = self._client("logs"), self.clock.now()
        everything: list[str] = []
        for host in self.cluster.hosts:
            messages = log_delivery.lines(host.printed())
            stream = f"{self.record.name}/{host.name}-{int(now.timestamp())}"
            log_delivery.deliver(logs, self.log_group, stream, messages, now)
            everything += messages
        return everything

    def _client(self, service: str) -> Any:  # noqa: ANN401
        role_arn = self.request["RoleArn"]
        return self.environment.clients.as_role(service, role_arn, SESSION_NAME)

    def _progress(self, phase: str) -> None:
        with self._lock:
            if self._stop_phase is None:
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
