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


def deliver(application: Application, due: datetime) -> dict[str, Any]:
    """What the scheduler sends, from another hand."""
    event = {"ScheduledTime": f"{due:%Y-%m-%dT%H:%M:%SZ}", "TimeZone": "UTC"}
    return application.invoke("StartNightFunction", event)


def runs(application: Application, due: datetime) -> dict[str, list[str]]:
    """Everything that there is of the night that is due."""
    data_date = due - timedelta(days=1)
    executions = application.client("stepfunctions").list_executions(
        stateMachineArn=application.outputs["StateMachineArn"]
    )["executions"]
    return {
        "executions": [it["status"] for it in executions if it["name"] == f"{data_date:%Y-%m-%d}"],
        "jobs": sorted(
            job.get("ProcessingJobName", job.get("TrainingJobName", "")).split("-")[2]
            for job in application.jobs()
            if f"-{data_date:%Y%m%d}-" in str(job)
        ),
    }


ONE_NIGHT = {"executions": ["SUCCEEDED"], "jobs": ["evaluate", "featurise", "train"]}


def test_a_delivery_after_the_schedulers_starts_nothing(
    application: Application, due: datetime
) -> None:
    application.aws.advance_to(due)
    packages = application.packages()
    answer = deliver(application, due)
    application.aws.advance_to(due)
    assert answer == {"DataDate": f"{due - timedelta(days=1):%Y-%m-%d}", "Started": False}
    assert runs(application, due) == ONE_NIGHT
    assert application.packages() == packages


def test_the_schedulers_delivery_after_another_starts_nothing(
    application: Application, due: datetime
) -> None:
    assert deliver(application, due)["Started"] is True
    application.aws.advance_to(due)
    assert runs(application, due) == ONE_NIGHT


def test_a_delivery_while_the_night_runs_starts_nothing(
    application: Application, due: datetime
) -> None:
    first, second = deliver(application, due), deliver(application, due)
    application.aws.advance_to(due)
    assert second.get("ExecutionArn", first["ExecutionArn"]) == first["ExecutionArn"]
    assert runs(application, due) == ONE_NIGHT
