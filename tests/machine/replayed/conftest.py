"""The deployed application with jobs that are replayed: for nights by the dozen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.nights import Nights
from tests.soak.nights import deployed as replaying


# A process serves one instance: this one ends before another module wants its own.
@pytest.fixture(scope="package")
def replayed(
    project: Path, kept_jobs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nights]:
    """The stack of the machine's tests, in this process."""
    built, scratch = project / ".aws-sam" / "local", tmp_path_factory.mktemp("replayed")
    with replaying(built, scratch, kept_jobs) as nights:
        yield nights
