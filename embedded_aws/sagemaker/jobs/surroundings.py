"""What a job has of AWS around it: clients under its role, and its containers' environment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from embedded_aws.environment import Environment
from embedded_aws.sagemaker.execution_role import assumer
from embedded_aws.sagemaker.jobs import log_lines
from embedded_aws.sagemaker.jobs.cluster import Host
from embedded_aws.sagemaker.jobs.failures import ClientFailure
from embedded_aws.sagemaker.jobs.images import Launch

SESSION_NAME = "SageMaker"


@dataclass(frozen=True)
class Surroundings:
    """Everything is done under the job's role."""

    environment: Environment
    role_arn: str
    job_arn: str

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 client
        """A client that acts as the job."""
        with self._assuming():
            return self.environment.clients.as_role(
                service, self.role_arn, SESSION_NAME, assumer(self.job_arn)
            )

    def of(self, launch: Launch, variables: Mapping[str, str]) -> Launch:
        """A launch with a container's whole environment: nothing of this process's gets into it.

        ``variables`` are the image's and the job's own; the launch's stand above them.
        """
        settings = self.environment.settings
        with self._assuming():
            credentials = self.environment.clients.role_credentials(
                self.role_arn, SESSION_NAME, assumer(self.job_arn)
            )
        everything = {
            "PATH": os.pathsep.join([str(settings.job_python.parent), os.defpath]),
            "LANG": "C.UTF-8",
            # Containers share this machine's cores: a thread that waits for another gives its own
            # away. Threads that spin instead cost twenty trainings where others want the cores.
            "OMP_WAIT_POLICY": "passive",
            "AWS_REGION": settings.region,
            "AWS_DEFAULT_REGION": settings.region,
            # A real container asks a credential endpoint for its role's; boto3 takes these first.
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AWS_ENDPOINT_URL": self.environment.clients.endpoint_url,
            # Should a script drop those credentials, its SDK must not ask this machine for its own.
            "AWS_EC2_METADATA_DISABLED": "true",
            **variables,
            **launch.environment,
        }
        return Launch(launch.command, everything)

    @contextmanager
    def _assuming(self) -> Iterator[None]:
        """What becomes of a job whose role went away after its creation is undocumented."""
        try:
            yield
        except ClientError as refused:
            message = f"Could not assume role {self.role_arn}: {refused}"
            raise ClientFailure(message) from refused

    def deliver_logs(self, group: str, job_name: str, hosts: Sequence[Host]) -> list[str]:
        """Bring what the hosts printed to CloudWatch Logs, a stream each; all their messages."""
        logs, now = self.client("logs"), self.environment.clock.now()
        everything: list[str] = []
        for host in hosts:
            messages = log_lines.lines(host.printed())
            stream = f"{job_name}/{host.name}-{int(now.timestamp())}"
            log_lines.deliver(logs, group, stream, messages, now)
            everything += messages
        return everything
