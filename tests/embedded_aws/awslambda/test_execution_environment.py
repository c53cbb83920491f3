from __future__ import annotations

import os
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.instance import Instance

Make = Callable[..., Any]

LOOK = """
import os, sys, tempfile
def handler(event, context):
    return {
        "variables": dict(os.environ),
        "path": sys.path,
        "folder": os.getcwd(),
        "pid": os.getpid(),
        "temporary": tempfile.gettempdir(),
    }
"""


@pytest.fixture(scope="module")
def seen(function: Make, invoke: Make) -> dict[str, Any]:
    """What a function sees around it."""
    options = {"Environment": {"Variables": {"COLOUR": "red"}}, "Handler": "app.handler"}
    return dict(invoke(function(LOOK, FunctionName="looks", **options)).value)


def test_the_functions_own_variables_are_set(seen: dict[str, Any]) -> None:
    assert seen["variables"]["COLOUR"] == "red"


def test_the_runtimes_variables_are_awss(aws: Instance, seen: dict[str, Any]) -> None:
    expected = {
        "_HANDLER": "app.handler",
        "AWS_LAMBDA_FUNCTION_NAME": "looks",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/looks",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_ENDPOINT_URL": aws.url,
        "TZ": ":UTC",
    }
    found = seen["variables"]
    assert {name: found[name] for name in expected} == expected
    assert found["AWS_LAMBDA_LOG_STREAM_NAME"].startswith("2026/11/01/[$LATEST]")


def test_the_code_is_where_the_process_starts_and_first_to_be_imported(
    seen: dict[str, Any],
) -> None:
    task_root = seen["variables"]["LAMBDA_TASK_ROOT"]
    assert seen["folder"] == task_root
    assert seen["path"][0] == task_root


def test_nothing_of_the_surroundings_leaks_in(
    monkeypatch: pytest.MonkeyPatch, function: Make, invoke: Make
) -> None:
    """Neither secrets nor import paths of the process that serves the instance."""
    monkeypatch.setenv("SECRET", "of the host")
    found = invoke(function(LOOK)).value
    assert "of the host" not in found["variables"].values()
    checkout = str(Path(__file__).parents[3])
    assert checkout not in found["path"]


def test_the_users_aws_configuration_is_out_of_reach(seen: dict[str, Any]) -> None:
    assert Path(seen["variables"]["HOME"]) != Path.home()


def test_the_code_cannot_be_changed(seen: dict[str, Any]) -> None:
    task_root = Path(seen["variables"]["LAMBDA_TASK_ROOT"])
    assert [path.name for path in task_root.iterdir() if path.suffix == ".py"] == ["app.py"]
    assert task_root.stat().st_mode & 0o222 == 0
    assert (task_root / "app.py").stat().st_mode & 0o222 == 0


def test_temporary_files_are_the_environments_own(seen: dict[str, Any], aws: Instance) -> None:
    assert Path(seen["temporary"]).is_relative_to(aws.environment.settings.scratch)


def test_a_function_acts_as_its_role(function: Make, invoke: Make) -> None:
    source = """
import boto3
sts = boto3.client("sts")
def handler(event, context): return sts.get_caller_identity()["Arn"]
"""
    name = function(source)
    arn = f"arn:aws:sts::123456789012:assumed-role/function-role/{name}"
    assert invoke(name).value == arn


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_an_update_ends_idle_environments(function: Make, invoke: Make, client: Make) -> None:
    name = function(LOOK)
    pid = invoke(name).value["pid"]
    assert is_running(pid)
    client("lambda").update_function_configuration(FunctionName=name, Timeout=9)
    assert not is_running(pid)


def test_deleting_a_function_ends_its_environments_and_removes_their_files(
    function: Make, invoke: Make, client: Make
) -> None:
    name = function(LOOK)
    found = invoke(name).value
    client("lambda").delete_function(FunctionName=name)
    assert not is_running(found["pid"])
    assert not Path(found["temporary"]).exists()


def test_a_timeout_ends_what_the_function_started_too(
    aws: Instance, function: Make, invoke: Make
) -> None:
    """The child holds a pipe open; reading it ends when the child does.

    It is started before the function's time begins to count, which a busy machine may use up.
    """
    source = """
import os, subprocess, sys, time
with open(os.environ["PIPE"], "w") as pipe:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], stdout=pipe)
def handler(event, context):
    time.sleep(60)
"""
    path = aws.environment.settings.scratch / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    variables = {"Variables": {"PIPE": str(path)}}
    answer = invoke(function(source, Timeout=1, Environment=variables))
    assert answer.value["errorType"] == "Sandbox.Timedout"
    ended, _, _ = select.select([reading], [], [], 30)
    assert ended
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_a_published_version_initialises_ahead_of_its_first_event(
    aws: Instance, function: Make, unique: Callable[[str], str]
) -> None:
    marker = aws.environment.settings.scratch / unique("marker")
    function(f"import pathlib\npathlib.Path({str(marker)!r}).touch()\nhandler = len", Publish=True)
    while not marker.exists():
        aws.environment.clock.sleep(0.001)


def test_a_new_version_ends_the_idle_environments_of_earlier_ones(
    function: Make, invoke: Make, client: Make
) -> None:
    """Deploying again and again does not pile up processes; earlier versions still run."""
    name = function(LOOK, Publish=True)
    pid = invoke(f"{name}:1").value["pid"]
    client("lambda").update_function_configuration(FunctionName=name, Timeout=9)
    client("lambda").publish_version(FunctionName=name)
    assert not is_running(pid)
    assert invoke(f"{name}:1").version == "1"
