"""Deploys the application as its users do: with the unmodified SAM CLI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from demo.local_aws import ROOT, LocalAws

SAM = ROOT / ".venv-sam" / "bin" / "sam"
_POLL_DELAY_SECONDS = "0.5"


class DeployFailed(RuntimeError):
    """A ``sam`` command failed; the message ends with what it printed last."""


def build(aws: LocalAws, log: Path, project: Path = ROOT) -> None:
    """``sam build``."""
    sam(aws, log, "build", project=project)


def deploy(aws: LocalAws, log: Path, parameters: dict[str, str], project: Path = ROOT) -> None:
    """``sam deploy`` with stack parameters."""
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    sam(aws, log, "deploy", "--parameter-overrides", *overrides, project=project)


def sam(aws: LocalAws, log: Path, command: str, *options: str, project: Path = ROOT) -> None:
    """A command of the SAM CLI in a project's folder, its output appended to ``log``.

    Raises:
        DeployFailed: it did not succeed.
    """
    variables = {
        **os.environ,
        **aws.variables,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": _POLL_DELAY_SECONDS,
        "PYTHON": sys.executable,
    }
    with log.open("a") as output:
        finished = subprocess.run(  # noqa: S603  # the pinned CLI with our own arguments
            [SAM, command, "--config-env", "local", *options],
            cwd=project,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if finished.returncode:
        tail = "\n".join(log.read_text().splitlines()[-30:])
        raise DeployFailed(f"sam {command} failed; {log} ends with:\n{tail}")
