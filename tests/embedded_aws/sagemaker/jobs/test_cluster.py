"""The hosts of one job."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from embedded_aws.clock import Clock
from embedded_aws.sagemaker.jobs.cluster import (
    COMMAND_NOT_FOUND,
    STOP_GRACE_SECONDS,
    Cluster,
    Host,
)
from embedded_aws.sagemaker.jobs.images import Launch

PAUSE = "import signal; signal.pause()"


@pytest.fixture
def clock() -> Iterator[Clock]:
    made = Clock(datetime(2026, 11, 1, tzinfo=UTC))
    yield made
    made.close()


def await_file(file: Path) -> None:
    while not file.exists():
        os.sched_yield()


def cluster(folder: Path, clock: Clock, hosts: int = 2) -> Cluster:
    return Cluster(folder, "job", hosts, clock)


def scripts(by_host: Mapping[str, str]) -> Callable[[Host], Launch]:
    return lambda host: Launch((sys.executable, "-c", by_host[host.name]), {})


def test_the_end_of_all_hosts_is_awaited(tmp_path: Path, clock: Clock) -> None:
    made = cluster(tmp_path, clock)
    waits = "import pathlib\nwhile not pathlib.Path('../algo-2/done').exists(): pass"
    done = "open('done', 'w').close(); print('done')"
    end = made.run(scripts({"algo-1": waits, "algo-2": done}))
    assert end is not None
    assert end.code == 0
    assert made.hosts[1].printed() == "done\n"


def test_the_first_failure_is_the_clusters_and_ends_the_others(
    tmp_path: Path, clock: Clock
) -> None:
    made = cluster(tmp_path, clock)
    end = made.run(scripts({"algo-1": PAUSE, "algo-2": "raise SystemExit(4)"}))
    assert end is not None
    assert (end.code, end.host.name) == (4, "algo-2")


def test_a_program_that_cannot_start_ends_the_hosts_that_did(tmp_path: Path, clock: Clock) -> None:
    made = cluster(tmp_path, clock)
    commands = {"algo-1": (sys.executable, "-c", PAUSE), "algo-2": ("/no/such/program",)}
    end = made.run(lambda host: Launch(commands[host.name], {}))
    assert end is not None
    assert (end.code, end.host.name) == (COMMAND_NOT_FOUND, "algo-2")
    assert "/no/such/program" in made.hosts[1].printed()


def test_a_cluster_that_was_stopped_does_not_start(tmp_path: Path, clock: Clock) -> None:
    made = cluster(tmp_path, clock)
    made.stop()
    assert made.run(scripts({})) is None


def test_a_deaf_container_is_killed_when_the_grace_period_is_over(
    tmp_path: Path, clock: Clock
) -> None:
    """StopTrainingJob: SIGTERM "delays job termination for 120 seconds"."""
    deaf = (
        "import pathlib, signal\n"
        "signal.signal(signal.SIGTERM, lambda *_: pathlib.Path('told').touch())\n"
        "pathlib.Path('ready').touch()\n"
        "while True: signal.pause()\n"
    )
    made = cluster(tmp_path, clock, hosts=1)
    root = made.hosts[0].sandbox.root
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(made.run, scripts({"algo-1": deaf}))
        await_file(root / "ready")
        made.stop()
        await_file(root / "told")
        begun_at = clock.now()
        clock.advance_to(begun_at + timedelta(seconds=STOP_GRACE_SECONDS - 1))
        assert not run.done()
        clock.advance_to(begun_at + timedelta(seconds=STOP_GRACE_SECONDS))
        end = run.result()
    assert end is not None
    assert end.code == 128 + signal.SIGKILL


def test_its_folders_are_removed_with_it(tmp_path: Path, clock: Clock) -> None:
    made = cluster(tmp_path, clock)
    made.remove()
    assert list(tmp_path.iterdir()) == []
