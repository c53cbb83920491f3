"""The deployed application with jobs that are replayed: for nights by the dozen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws.sagemaker.jobs.durations import JobDuration
from tests.soak.nights import Nights
from tests.soak.nights import deployed as replaying

OVERRUNNING = [
    JobDuration(6000, name=f"*-{step}-20270821-*-r{redrives}-*")
    for redrives, step in enumerate(("featurise", "train", "evaluate"))
]
"""The jobs of one night last longer than they may, each until the night is redriven."""
SHORT_LADDER = {"FallbackInstanceTypes": "ml.m5.2xlarge,ml.c5.2xlarge"}
"""Shorter than there are tries."""


# A process serves one instance: this one ends before another module wants its own.
@pytest.fixture(scope="package")
def replayed(
    project: Path, kept_jobs: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nights]:
    """The stack of the machine's tests, in this process."""
    built, scratch = project / ".aws-sam" / "local", tmp_path_factory.mktemp("replayed")
    with replaying(built, scratch, kept_jobs, longer_jobs=OVERRUNNING, **SHORT_LADDER) as nights:
        yield nights
