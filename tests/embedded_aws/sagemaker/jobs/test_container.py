"""A child process that stands for a container."""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

import pytest

from embedded_aws.sagemaker.jobs.container import Container

PATIENCE_SECONDS = 30
# Tells its own id and that of a child which, like itself, would run for ever.
PARENT_AND_CHILD = """
import os, signal, sys
child = os.fork()
if child:
    open("ids", "w").write(f"{os.getpid()} {child}")
    os.replace("ids", "ready")
signal.pause()
"""


def python(script: str, folder: Path, environment: dict[str, str] | None = None) -> Container:
    command = [sys.executable, "-c", script]
    return Container(command, environment or {}, folder, folder / "log")


def has_ended(process_id: int) -> bool:
    """Whether a process ends, however long its killer's signal takes to reach it."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    with os.fdopen(handle):
        readable, _, _ = select.select([handle], [], [], PATIENCE_SECONDS)
    return bool(readable)


def started_ids(folder: Path) -> list[int]:
    while not (folder / "ready").exists():
        os.sched_yield()
    return [int(text) for text in (folder / "ready").read_text().split()]


def test_the_exit_code_is_the_programs(tmp_path: Path) -> None:
    assert python("raise SystemExit(7)", tmp_path).wait() == 7


def test_a_signal_counts_as_128_and_its_number(tmp_path: Path) -> None:
    assert python("import os; os.kill(os.getpid(), 15)", tmp_path).wait() == 128 + signal.SIGTERM


def test_both_outputs_are_in_the_log_in_order(tmp_path: Path) -> None:
    script = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
    python(script, tmp_path).wait()
    assert (tmp_path / "log").read_text() == "out\nerr\n"


def test_nothing_of_this_process_is_in_the_programs_environment(tmp_path: Path) -> None:
    script = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"
    python(script, tmp_path, {"ONLY": "this"}).wait()
    assert (tmp_path / "log").read_text() == "['ONLY']\n"


def test_terminating_reaches_what_the_program_started(tmp_path: Path) -> None:
    container = python(PARENT_AND_CHILD, tmp_path)
    parent, child = started_ids(tmp_path)
    container.terminate()
    assert container.wait() == 128 + signal.SIGTERM
    assert has_ended(parent)
    assert has_ended(child)


def test_a_container_ends_with_its_first_process(tmp_path: Path) -> None:
    script = PARENT_AND_CHILD.replace("signal.pause()", "child or signal.pause()")
    container = python(script, tmp_path)
    assert container.wait() == 0
    _, child = started_ids(tmp_path)
    assert has_ended(child)


def test_killing_a_container_that_has_ended_does_nothing(tmp_path: Path) -> None:
    container = python("pass", tmp_path)
    container.wait()
    container.kill()


def test_a_program_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Container(["/no/such/program"], {}, tmp_path, tmp_path / "log")
