"""An instance in a process of its own, for tests and drivers, or several side by side.

Within one process ``embedded_aws.instance.serve`` is quicker, but it serves one at a time. For
pytest there are fixtures in ``embedded_aws.pytest_plugin``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from embedded_aws.settings import DEFAULT_REGION

# A machine that sleeps, or has no memory left, may stand still for longer than boto3's minute; a
# call that never ends is the business of whoever runs the tests.
_CLIENT_CONFIG = Config(
    retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=300
)


class NotServing(RuntimeError):
    """The process ended before it said where it listens; its own message is on standard error."""


def make_client(url: str, service: str, region: str = DEFAULT_REGION) -> Any:  # noqa: ANN401  # boto3 clients have no static type
    """A boto3 client as the account's root user would have: dummy keys, and no retries."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="AKIDUSER",
        aws_secret_access_key="unused",  # noqa: S106  # nothing verifies signatures
        config=_CLIENT_CONFIG,
    )


def make_role(
    iam: Any,  # noqa: ANN401  # boto3 client
    name: str,
    *services: str,
    actions: Sequence[str] = ("*",),
) -> str:
    """A role that services may assume, such as ``lambda``, and what it may do; its ARN.

    Args:
        iam: A client of IAM.
        name: The role's name.
        services: Who may assume it, without ``.amazonaws.com``.
        actions: What it may do to any resource; by default everything, or nothing if empty.
    """
    principal = {"Service": [f"{service}.amazonaws.com" for service in services]}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    if actions:
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=_policy(allowed))
    return str(made["Role"]["Arn"])


def _policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass(frozen=True)
class ServedAws:
    """An instance that another process serves."""

    url: str
    process_id: int
    region: str = DEFAULT_REGION

    @property
    def variables(self) -> Mapping[str, str]:
        """What any AWS client needs in its environment to use it, and nothing else."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A boto3 client of it."""
        return make_client(self.url, service, self.region)

    def now(self) -> datetime:
        """Its virtual instant."""
        with urllib.request.urlopen(f"{self.url}/_embedded/clock") as answer:  # noqa: S310  # loopback
            return datetime.fromisoformat(json.load(answer)["now"])

    def advance_to(self, when: datetime) -> None:
        """Move its clock; returns when everything that fell due on the way is done."""
        later = json.dumps({"advance_to": when.isoformat()}).encode()
        with urllib.request.urlopen(f"{self.url}/_embedded/clock", later) as answer:  # noqa: S310  # loopback
            answer.read()


@contextmanager
def serving(
    start_at: datetime | None = None,
    *,
    region: str = DEFAULT_REGION,
    lambda_python: Path = Path(sys.executable),
) -> Iterator[ServedAws]:
    """Serve an instance in a child process until the context ends; then nothing of it is left.

    Args:
        start_at: The virtual clock's first instant (aware); the present by default.
        region: The one region that it serves.
        lambda_python: Interpreter that has awslambdaric and boto3.

    Raises:
        NotServing: it ended at once.
    """
    command = [sys.executable, "-m", "embedded_aws", "--region", region]
    command += ["--lambda-python", str(lambda_python)]
    if start_at is not None:
        command += ["--start-at", start_at.isoformat()]
    with subprocess.Popen(  # noqa: S603  # our own module
        command, stdout=subprocess.PIPE, text=True, env=_with_this_package(os.environ)
    ) as process:
        try:
            yield ServedAws(_first_line(process), process.pid, region)
        finally:
            process.terminate()
            process.wait()


def _first_line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line:
        raise NotServing(f"the embedded AWS exited with {process.wait()}; see its standard error")
    return line


def _with_this_package(environment: Mapping[str, str]) -> dict[str, str]:
    folders = [str(Path(__file__).parents[1]), environment.get("PYTHONPATH", "")]
    return {**environment, "PYTHONPATH": os.pathsep.join(filter(None, folders))}
