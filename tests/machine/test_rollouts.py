"""Packages on their way onto the endpoints of a deployed application."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ops.night import Night
from tests.machine.application import SMALL, Application, deployed, generate_night
from tests.machine.rollouts import LONGEST, Rollouts

pytestmark = pytest.mark.slow

FIRST, SECOND = date(2026, 6, 15), date(2026, 7, 15)
ON_INSTANCES = {"ProductionInstanceType": "ml.m5.large", "ProductionBakeMinutes": "5"}


@pytest.fixture(scope="module")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack whose production endpoint has instances, so that guardrails apply."""
    scratch = tmp_path_factory.mktemp("rollouts")
    for data_date in (FIRST, SECOND):
        generate_night(scratch, data_date)
    start_at = datetime.combine(SECOND + timedelta(days=1), time(12), UTC)
    with deployed(project, scratch, start_at, SMALL | ON_INSTANCES) as running:
        running.deliver(scratch)
        yield running


@pytest.fixture(scope="module")
def rollouts(application: Application) -> Rollouts:
    return Rollouts(application)


@pytest.fixture(scope="module")
def packages(application: Application, rollouts: Rollouts) -> tuple[str, str]:
    """The packages of two nights, the newer one last; the candidate has come to it."""
    nights: list[Night] = [
        application.run({"DataDate": str(data_date), "AllowMissingPartitions": True})
        for data_date in (FIRST, SECOND)
    ]
    rollouts.pass_time(LONGEST)
    older, newer = (night.package_arn for night in nights)
    return older, newer


def test_a_night_that_registers_ends_with_the_candidate_serving_exactly_its_package(
    rollouts: Rollouts, packages: tuple[str, str]
) -> None:
    candidates = [
        rollouts.rollout(name)
        for name in sorted(rollouts.names())
        if name.startswith(f"{rollouts.candidate}-")
    ]
    assert [it.output["PackageArn"] for it in candidates] == list(packages)
    assert all("SmokeTest" in it.entered for it in candidates)
    sample = rollouts.sample(packages[-1])
    assert len(sample["rows"]) == 100
    assert rollouts.config(rollouts.candidate) == candidates[-1].name
    assert rollouts.scores(rollouts.candidate, sample) == pytest.approx(sample["scores"], abs=1e-6)
