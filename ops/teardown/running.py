"""What goes on by itself: schedules, nights and their jobs, rollouts; found, and how each ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from ops.executions import newest_first
from ops.teardown.clients import Clients, SageMaker, Scheduler, StepFunctions
from ops.teardown.estate import Estate
from ops.teardown.leftover import Leftover, ending, pages

REASON = {"error": "TornDown", "cause": "nightly teardown"}
_ANSWERED = {"Arn", "CreationDate", "LastModificationDate", "ResponseMetadata"}


def schedules(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The schedules that are enabled."""
    for name in estate.schedule_names:
        found = _schedule(clients.scheduler, name)
        if found and found["State"] == "ENABLED":
            # UpdateSchedule "replaces": what is not said again falls back to its default.
            given = {key: value for key, value in found.items() if key not in _ANSWERED}
            disable = partial(clients.scheduler.update_schedule, **given | {"State": "DISABLED"})
            yield Leftover("schedule", name, found["ScheduleExpression"], disable)


def nights(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The nights that run."""
    if estate.stack:
        yield from _running(clients.stepfunctions, estate.stack.state_machine_arn, "night")


def rollouts(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The rollouts that run, or wait for their turn."""
    if estate.stack:
        machine_arn = estate.stack.rollout_state_machine_arn
        yield from _running(clients.stepfunctions, machine_arn, "rollout")


def jobs(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """The jobs that run, although no night may be left that waits for them."""
    for noun in ("Processing", "Training"):
        for name in _jobs(clients.sagemaker, noun, estate):
            stop = getattr(clients.sagemaker, f"stop_{noun.lower()}_job")
            yield Leftover("job", name, "", ending(stop, **{f"{noun}JobName": name}))


def _schedule(scheduler: Scheduler, name: str) -> dict[str, Any] | None:
    try:
        return scheduler.get_schedule(Name=name)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None


def _running(stepfunctions: StepFunctions, machine_arn: str, kind: str) -> Iterator[Leftover]:
    for item in newest_first(stepfunctions, machine_arn, statusFilter="RUNNING"):
        arn = item["executionArn"]
        stop = ending(stepfunctions.stop_execution, executionArn=arn, **REASON)
        yield Leftover(kind, item["name"], "", stop)


def _jobs(sagemaker: SageMaker, noun: str, estate: Estate) -> Iterator[str]:
    listed = getattr(sagemaker, f"list_{noun.lower()}_jobs")
    for prefix in estate.job_prefixes:
        found = pages(listed, f"{noun}JobSummaries", NameContains=prefix, StatusEquals="InProgress")
        yield from (it[f"{noun}JobName"] for it in found if it[f"{noun}JobName"].startswith(prefix))
