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


def build(aws: LocalAws, log: Path) -> None:
    """``sam build``."""
    _sam(aws, log, "build", "--config-env", "local")


def deploy(aws: LocalAws, log: Path, parameters: dict[str, str]) -> None:
    """``sam deploy``, with stack parameters over those of samconfig.toml."""
    merged = {"LogRetentionDays": "14"} | parameters
    overrides = [f"{name}={value}" for name, value in merged.items()]
    _sam(aws, log, "deploy", "--config-env", "local", "--parameter-overrides", *overrides)


def _sam(aws: LocalAws, log: Path, *arguments: str) -> None:
    variables = {
        **os.environ,
        **aws.variables,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": _POLL_DELAY_SECONDS,
        "PYTHON": sys.executable,
    }
    with log.open("a") as output:
        finished = subprocess.run(  # noqa: S603  # the pinned CLI with our own arguments
            [SAM, *arguments],
            cwd=ROOT,
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if finished.returncode:
        tail = "\n".join(log.read_text().splitlines()[-30:])
        raise DeployFailed(f"sam {' '.join(arguments)} failed; {log} ends with:\n{tail}")
