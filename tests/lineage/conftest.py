"""Nights on a serving embedded AWS, for the tests of lineage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from lineage.clients import Clients
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight, stage_night

BUCKET = "fraud"


@pytest.fixture(scope="module")
def s3(client: Callable[[str], Any]) -> Any:
    made = client("s3")
    made.create_bucket(Bucket=BUCKET)
    made.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return made


@pytest.fixture(scope="module")
def sagemaker(client: Callable[[str], Any]) -> Any:
    return client("sagemaker")


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def new_night(s3: Any, numbers: Iterator[int]) -> Callable[..., StagedNight]:
    """Stage a night that shares neither input nor workflow with any other."""

    def make(**options: Any) -> StagedNight:
        number = next(numbers)
        run = f"ab{number:06x}"
        chosen = {"dataset": run, "workflow": f"retrain-{run}"} | options.pop("document", {})
        document = builders.a_night(run, bucket=BUCKET, **chosen)
        return stage_night(s3, StagedNight(document, version=number, **options))

    return make


@pytest.fixture
def night(new_night: Callable[..., StagedNight]) -> StagedNight:
    return new_night()


@pytest.fixture
def clients(sagemaker: Any, s3: Any, night: StagedNight) -> Clients:
    """Clients to which the jobs of ``night`` are known."""
    return Clients(DescribedJobs(sagemaker, night), s3)
