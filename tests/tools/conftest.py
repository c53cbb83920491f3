"""AWS's own tools, unmodified, as a user with an empty configuration: command line and SDK."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.instance import Instance

PYTHON = Path(__file__).parents[2] / ".venv-sam" / "bin" / "python"
COMMANDS = Path(__file__).with_name("aws_cli_commands.py")
SDK_PYTHON = Path(__file__).parents[2] / ".venv-sdk" / "bin" / "python"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's folder, in which every command runs."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def cli(aws: Instance, home: Path) -> Iterator[Callable[..., str]]:
    """Run a command of the CLI; return what it prints."""
    with subprocess.Popen(
        [PYTHON, COMMANDS],
        cwd=home,
        env=_variables(aws, home) | {"AWS_PAGER": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as commands:
        assert commands.stdin is not None
        assert commands.stdout is not None

        def run(*arguments: str) -> str:
            commands.stdin.write(f"{json.dumps(arguments)}\n")
            commands.stdin.flush()
            code, output, errors = json.loads(commands.stdout.readline())
            assert code == 0, errors
            return str(output)

        yield run
        # The end of its input ends it.
        commands.stdin.close()


@pytest.fixture(scope="module")
def asked(cli: Callable[..., str]) -> Callable[..., Any]:
    """Run a command of the CLI that answers in JSON; one without an answer prints nothing."""
    return lambda *arguments: json.loads(cli(*arguments, "--output", "json") or "null")


@pytest.fixture(scope="module")
def sqs(aws: Instance, asked: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command of SQS: version 1 of the CLI heeds no endpoint there but an explicit one."""
    return lambda *arguments: asked("sqs", *arguments, "--endpoint-url", aws.url)


@pytest.fixture(scope="module")
def sdk_user(aws: Instance, home: Path) -> Callable[..., str]:
    """Run a script with the SageMaker SDK; return what it prints."""

    def run(script: str, *arguments: str) -> str:
        finished = subprocess.run(
            [SDK_PYTHON, Path(__file__).with_name(script), *arguments],
            cwd=home,
            env={
                **_variables(aws, home),
                # A closed door: the SDK's telemetry, for one, must not get beyond this machine.
                "HTTPS_PROXY": "http://127.0.0.1:9",
                "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    return run


def _variables(aws: Instance, home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
