"""However a server ends, nothing of it is left: no process, no folder."""

from __future__ import annotations

import io
import os
import select
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws.testing import ServedAws, make_role, serving

pytestmark = pytest.mark.slow

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
PATIENCE_SECONDS = 60
# Busy without end, and so is a child that has left for a session of its own; the pipe is told.
FOREVER = (
    "import os, subprocess, time; subprocess.Popen(['sleep', '1000'], start_new_session=True); "
    "open(os.environ['PIPE'], 'w').write('.')"
)
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
def pipe(tmp_path: Path) -> Path:
    """What is busy writes to it that it is."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture
def signs(pipe: Path) -> Iterator[int]:
    """The end to read from; it writes as well, lest the pipe end with its first writer."""
    handle = os.open(pipe, os.O_RDWR)
    yield handle
    os.close(handle)


@pytest.fixture
def busy(temporary: Path, pipe: Path, signs: int) -> Iterator[ServedAws]:
    """A server with a function and a job that would never end."""
    assert temporary.is_dir()
    assert signs
    with serving() as aws:
        role = make_role(aws.client("iam"), "busy", "lambda", "sagemaker")
        aws.client("lambda").create_function(
            FunctionName="busy",
            Role=role,
            Runtime="python3.13",
            Handler="busy.handler",
            Code={"ZipFile": zipped("busy.py", HANDLER)},
            Environment={"Variables": {"PIPE": str(pipe)}},
        )
        aws.client("lambda").invoke(FunctionName="busy", InvocationType="Event")
        aws.client("sagemaker").create_processing_job(
            ProcessingJobName="busy",
            RoleArn=role,
            AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": JOB},
            Environment={"PIPE": str(pipe)},
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


def all_at_work(aws: ServedAws, signs: int) -> list[int]:
    """Handles of the supervisor and of all below it, once function and job have children."""
    for _ in ("function", "job"):
        assert is_readable(signs)
        os.read(signs, 1)
    return [os.pidfd_open(it) for it in descendants(aws.process_id) | {aws.process_id}]


def is_readable(handle: int) -> bool:
    """Whether something is to be read, or a process ends, before patience does."""
    readable, _, _ = select.select([handle], [], [], PATIENCE_SECONDS)
    return bool(readable)


def server(supervisor: int) -> int:
    """The supervisor's child."""
    (found,) = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return int(found)


def assert_all_end(handles: list[int], temporary: Path) -> None:
    """Neither a process nor the server's folder is left."""
    for handle in handles:
        assert is_readable(handle)
        os.close(handle)
    assert list(temporary.glob("embedded-aws-*")) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(
    busy: ServedAws, signs: int, temporary: Path, number: int
) -> None:
    handles = all_at_work(busy, signs)
    os.kill(busy.process_id, number)
    assert_all_end(handles, temporary)


def test_killing_the_server_ends_everything(busy: ServedAws, signs: int, temporary: Path) -> None:
    handles = all_at_work(busy, signs)
    os.kill(server(busy.process_id), signal.SIGKILL)
    assert_all_end(handles, temporary)


def test_killing_the_supervisor_ends_everything(
    busy: ServedAws, signs: int, temporary: Path
) -> None:
    handles = all_at_work(busy, signs)
    os.kill(busy.process_id, signal.SIGKILL)
    assert_all_end(handles, temporary)
