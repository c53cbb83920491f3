"""The application, built once by `sam build`, and deployed with small nights."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from demo.local_aws import ROOT
from tests.machine.application import (
    SMALL,
    SMALL_LOOKBACK_DAYS,
    Application,
    build,
    deployed,
    generate,
)

SOURCES = (
    "template.yaml",
    "samconfig.toml",
    "Makefile",
    "statemachine",
    "lambdas",
    "lineage",
    "jobs",
    "schema",
    "requirements",
)
FIRST_NIGHT = date(2026, 11, 8)
NIGHTS_WITH_DATA = 6


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is built, for all workers to read.

    It is a copy, so that whatever else builds in the repository is left alone.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    copy = shared / "project"
    with (shared / "project.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            _build(copy)
    return copy


def _build(copy: Path) -> None:
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name)
        else:
            shutil.copy(ROOT / name, copy / name)
    build(copy)


@pytest.fixture(scope="session")
def kept_jobs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where those keep the results of jobs that replay them."""
    return tmp_path_factory.mktemp("kept-jobs")


@pytest.fixture(scope="session")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack with small nights; its own scheduler's first ones have transactions."""
    scratch = tmp_path_factory.mktemp("application")
    start_at = datetime.combine(FIRST_NIGHT + timedelta(days=1), datetime.min.time(), UTC)
    first = FIRST_NIGHT - timedelta(days=SMALL_LOOKBACK_DAYS)
    generate(scratch, first, FIRST_NIGHT + timedelta(days=NIGHTS_WITH_DATA - 1))
    locked = SMALL | {"ObjectLockDays": "365"}
    with deployed(project, scratch, start_at, lambda it: it.create(locked)) as running:
        running.deliver(scratch)
        yield running


@pytest.fixture(scope="session")
def unused_date() -> Callable[[], date]:
    """Data dates so far apart that no night reads another's partitions."""
    years = count(2001)
    return lambda: date(next(years), 6, 15)
