"""A lineage function under throttling: patient, in time, typed, and whole when it is over.

Its waits are virtual: botocore's clocks and sleeps are replaced, nothing else of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from embedded_aws.faults.effects import Refusal
from embedded_aws.faults.fault import Fault
from embedded_aws.faults.match import Match
from embedded_aws.faults.occasions import Every, Occasion
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.faults.throttling import throttle
from embedded_aws.instance import Instance
from lineage.clients import Clients
from lineage.errors import LineageUnavailable
from lineage.vocabulary import Stage
from tests.lambdas.conftest import BUCKET
from tests.lambdas.lineage_functions import CONTEXT, load
from tests.lineage import builders
from tests.lineage.nights import DescribedJobs, StagedNight
from tests.lineage.turns import OneAtATime

TIMEOUT_SECONDS = 240.0


@dataclass
class Stopwatch:
    """Time that passes by sleeping only."""

    seconds: float = 0.0

    def time(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def context(self) -> SimpleNamespace:
        """An invocation that begins now."""
        ends_at = self.seconds + TIMEOUT_SECONDS
        remaining = {"get_remaining_time_in_millis": lambda: int(1000 * (ends_at - self.seconds))}
        return SimpleNamespace(**vars(CONTEXT) | remaining)


class Turn:
    """A condition that nobody else waits for."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch

    def __enter__(self) -> None: ...  # noqa: D105

    def __exit__(self, *_: object) -> None: ...  # noqa: D105

    def wait(self, seconds: float) -> None:
        # So little that it vanishes in the sum would be waited for again and again.
        self._stopwatch.sleep(max(seconds, 0.001))

    def notify(self) -> None: ...


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    watch = Stopwatch()
    threads = SimpleNamespace(Lock=lambda: None, Condition=lambda _lock: Turn(watch))
    monkeypatch.setattr("botocore.endpoint.time", watch)
    monkeypatch.setattr("botocore.retries.bucket.time", watch)
    monkeypatch.setattr("botocore.retries.bucket.threading", threads)
    monkeypatch.setattr("lineage.parallel.ThreadPoolExecutor", OneAtATime)
    return watch


@pytest.fixture
def record(stopwatch: Stopwatch, aws: Instance, night: StagedNight) -> Callable[[], Any]:
    """Invoke the function, whose clients are as they are in production, with the first stage."""
    module: ModuleType = load("record_lineage", aws, {"BUCKET": BUCKET})
    made = module.CLIENTS
    module.CLIENTS = Clients(DescribedJobs(made.sagemaker, night), made.s3)
    event = {
        "Stage": Stage.FEATURISE,
        "Night": night.document,
        "JobName": builders.job_name(night.document, "featurise"),
    }
    return lambda: module.handler(event, stopwatch.context)


def throttling(service: str, operation: str, occasion: Occasion | None = None) -> Fault:
    refusal: Refusal = throttle(service)
    chosen = {"occasion": occasion} if occasion else {}
    return Fault(f"{service} throttles", Match(service, operation), refusal, **chosen)


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sagemaker", "CreateArtifact"),
        ("sagemaker", "AddAssociation"),
        ("sagemaker", "*"),
        ("s3", "PutObject"),
    ],
)
def test_throttling_without_end_is_named_before_the_function_times_out(
    service: str,
    operation: str,
    record: Callable[[], Any],
    faults: FaultPlan,
    stopwatch: Stopwatch,
) -> None:
    faults.add(throttling(service, operation))
    with pytest.raises(LineageUnavailable, match="Nothing is lost"):
        record()
    assert 20 < stopwatch.seconds < TIMEOUT_SECONDS


def test_the_next_attempt_goes_on_where_throttling_ended_one(
    record: Callable[[], Any], faults: FaultPlan, night: StagedNight, client: Callable[[str], Any]
) -> None:
    sagemaker, manifest = client("sagemaker"), night.document["Dataset"]["ManifestUri"]
    faults.add(throttling("sagemaker", "AddAssociation"))
    with pytest.raises(LineageUnavailable):
        record()
    (source,) = sagemaker.list_artifacts(SourceUri=manifest)["ArtifactSummaries"]
    faults.clear()
    record()
    assert sagemaker.list_artifacts(SourceUri=manifest)["ArtifactSummaries"] == [source]
    edges = sagemaker.list_associations(SourceArn=source["ArtifactArn"])["AssociationSummaries"]
    assert len(edges) == 1


def test_throttling_of_every_other_call_only_costs_time(
    record: Callable[[], Any], faults: FaultPlan
) -> None:
    faults.add(throttling("sagemaker", "*", Every(2)))
    assert record()["RecordSha256"]
    assert faults.firings
