"""However often a night is delivered, it runs once: its execution's name is the lock."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from tests.machine.application import Application

pytestmark = pytest.mark.slow


@pytest.fixture
def due(application: Application) -> datetime:
    """The next instant at which the schedule fires."""
    now = application.now()
    today = datetime.combine(now, time(2), now.tzinfo)
    return today if now < today else today + timedelta(days=1)


@pytest.fixture
def earlier(application: Application) -> frozenset[str]:
    """The jobs that there are before: the smoke test's stack runs a night of the same date."""
    return frozenset(map(name_of, application.jobs()))


def name_of(job: dict[str, Any]) -> str:
    name: str = job.get("ProcessingJobName") or job["TrainingJobName"]
    return name


def deliver(application: Application, due: datetime) -> dict[str, Any]:
    """What the scheduler sends, from another hand."""
    event = {"ScheduledTime": f"{due:%Y-%m-%dT%H:%M:%SZ}", "TimeZone": "UTC"}
    return application.invoke("StartNightFunction", event)


def runs(application: Application, due: datetime, earlier: frozenset[str]) -> dict[str, list[str]]:
    """Everything that has come to be of the night that is due."""
    data_date = due - timedelta(days=1)
    executions = application.client("stepfunctions").list_executions(
        stateMachineArn=application.outputs["StateMachineArn"]
    )["executions"]
    return {
        "executions": [it["status"] for it in executions if it["name"] == f"{data_date:%Y-%m-%d}"],
        "jobs": sorted(
            name.split("-")[2]
            for name in {*map(name_of, application.jobs())} - earlier
            if f"-{data_date:%Y%m%d}-" in name
        ),
    }


ONE_NIGHT = {"executions": ["SUCCEEDED"], "jobs": ["evaluate", "featurise", "train"]}


def test_a_delivery_after_the_schedulers_starts_nothing(
    application: Application, due: datetime, earlier: frozenset[str]
) -> None:
    application.aws.advance_to(due)
    packages = application.packages()
    answer = deliver(application, due)
    application.aws.advance_to(due)
    assert answer == {"DataDate": f"{due - timedelta(days=1):%Y-%m-%d}", "Started": False}
    assert runs(application, due, earlier) == ONE_NIGHT
    assert application.packages() == packages


def test_the_schedulers_delivery_after_another_starts_nothing(
    application: Application, due: datetime, earlier: frozenset[str]
) -> None:
    assert deliver(application, due)["Started"] is True
    application.aws.advance_to(due)
    assert runs(application, due, earlier) == ONE_NIGHT


def test_a_delivery_while_the_night_runs_starts_nothing(
    application: Application, due: datetime, earlier: frozenset[str]
) -> None:
    first, second = deliver(application, due), deliver(application, due)
    application.aws.advance_to(due)
    assert second.get("ExecutionArn", first["ExecutionArn"]) == first["ExecutionArn"]
    assert runs(application, due, earlier) == ONE_NIGHT
