"""However a server ends, nothing of it is left: no process, no folder."""

from __future__ import annotations

import io
import os
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws.testing import ServedAws, make_role, serving

pytestmark = pytest.mark.slow

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
# Busy without end, and so is a child that has left for a session of its own.
FOREVER = "import subprocess, time; subprocess.Popen(['sleep', '1000'], start_new_session=True)"
HANDLER = f"{FOREVER}\ndef handler(event, context):\n    time.sleep(1000)\n"
JOB = ["python3", "-c", f"{FOREVER}; time.sleep(1000)"]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a server makes its folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def busy(temporary: Path) -> Iterator[ServedAws]:
    """A server with a function and a job that would never end."""
    assert temporary.is_dir()
    with serving() as aws:
        role = make_role(aws.client("iam"), "busy", "lambda", "sagemaker")
        aws.client("lambda").create_function(
            FunctionName="busy",
            Role=role,
            Runtime="python3.13",
            Handler="busy.handler",
            Code={"ZipFile": zipped("busy.py", HANDLER)},
        )
        aws.client("lambda").invoke(FunctionName="busy", InvocationType="Event")
        aws.client("sagemaker").create_processing_job(
            ProcessingJobName="busy",
            RoleArn=role,
            AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": JOB},
            ProcessingResources={
                "ClusterConfig": {
                    "InstanceCount": 1,
                    "InstanceType": "ml.m5.large",
                    "VolumeSizeInGB": 1,
                }
            },
        )
        yield aws


def zipped(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


def descendants(process_id: int) -> set[int]:
    """Every process below one, however deep."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, set()).add(int(stat.parent.name))
    found: set[int] = set()
    fresh = {process_id}
    while fresh:
        fresh = set().union(*(children.get(it, set()) for it in fresh))
        found |= fresh
    return found


def all_at_work(process_id: int) -> set[int]:
    """Everything below the supervisor: the server, function and job, and what both started."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = descendants(process_id)
        if len([it for it in found if is_sleep(it)]) == 2:
            return found
    raise AssertionError(f"not everything came to run below {process_id}")


def is_sleep(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/comm").read_text().strip() == "sleep"
    except FileNotFoundError:
        return False


def server(supervisor: int) -> int:
    """The supervisor's child."""
    (found,) = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return int(found)


def await_end(processes: set[int], temporary: Path) -> None:
    """Wait until neither a process nor the server's folder is left."""
    deadline = time.monotonic() + 60
    while left := [it for it in processes if Path(f"/proc/{it}").exists()] + [
        *temporary.glob("embedded-aws-*")
    ]:
        assert time.monotonic() < deadline, left


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(busy: ServedAws, temporary: Path, number: int) -> None:
    processes = all_at_work(busy.process_id)
    os.kill(busy.process_id, number)
    await_end(processes, temporary)


def test_killing_the_server_ends_everything(busy: ServedAws, temporary: Path) -> None:
    processes = all_at_work(busy.process_id)
    os.kill(server(busy.process_id), signal.SIGKILL)
    await_end(processes, temporary)


def test_killing_the_supervisor_ends_everything(busy: ServedAws, temporary: Path) -> None:
    processes = all_at_work(busy.process_id)
    os.kill(busy.process_id, signal.SIGKILL)
    await_end(processes, temporary)
