"""A stack on instances, so that guardrails apply, in a careful account; deployed once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from ops.night import Night
from tests.machine import careful_account
from tests.machine.application import SMALL, Application, deployed, generate_night
from tests.machine.rollouts import LONGEST, Rollouts

FIRST, SECOND = date(2026, 6, 15), date(2026, 7, 15)
ON_INSTANCES = {"ProductionInstanceType": "ml.m5.large", "ProductionBakeMinutes": "5"}


@pytest.fixture(scope="session")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack whose production endpoint has instances, with every parameter of security set."""
    scratch = tmp_path_factory.mktemp("rollouts")
    for data_date in (FIRST, SECOND):
        generate_night(scratch, data_date)
    start_at = datetime.combine(SECOND + timedelta(days=1), time(12), UTC)

    def deploy(application: Application) -> None:
        application.create(SMALL | ON_INSTANCES | careful_account.prepare(application))

    with deployed(project, scratch, start_at, deploy) as running:
        running.deliver(scratch)
        yield running


@pytest.fixture(scope="session")
def rollouts(application: Application) -> Rollouts:
    return Rollouts(application)


@pytest.fixture(scope="session")
def packages(application: Application, rollouts: Rollouts) -> tuple[str, str]:
    """The packages of two nights, the newer one last; the candidate has come to it."""
    nights: list[Night] = [
        application.run({"DataDate": str(data_date), "AllowMissingPartitions": True})
        for data_date in (FIRST, SECOND)
    ]
    rollouts.pass_time(LONGEST)
    older, newer = (night.package_arn for night in nights)
    return older, newer


@pytest.fixture
def served(rollouts: Rollouts, packages: tuple[str, str]) -> str:
    """Production serves the older package by an approval; the configuration by which it does."""
    older, _ = packages
    is_there = rollouts.serves(rollouts.production, older)
    if not is_there or rollouts.serving()["Trigger"] != "Approval":
        assert rollouts.approve(older).status == "SUCCEEDED"
    return rollouts.config(rollouts.production)
