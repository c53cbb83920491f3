"""What every function finds: the template's environment, and nights to record in a bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.lineage import builders
from tests.lineage.nights import StagedNight, stage_night

BUCKET = "fraud"


@pytest.fixture(scope="session", autouse=True)
def metrics_namespace() -> Iterator[None]:
    """Metrics are the stack's own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("POWERTOOLS_METRICS_NAMESPACE", "fraud")
        yield


@pytest.fixture(scope="module")
def s3(client: Callable[[str], Any]) -> Any:
    made = client("s3")
    made.create_bucket(Bucket=BUCKET)
    return made


@pytest.fixture
def night(s3: Any) -> StagedNight:
    """A night like no other, with whatever its jobs wrote."""
    run = uuid4().hex[:8]
    document = builders.a_night(run, bucket=BUCKET, dataset=run, workflow=f"retrain-{run}")
    return stage_night(s3, StagedNight(document))
