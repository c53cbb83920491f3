"""A stack that is in use ends by ``nightly teardown`` and ``sam delete``; a new one follows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import Result

from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Switch
from ops.commands import teardown as command
from ops.night import Night
from tests.machine.application import SMALL, STACK_NAME, Application, generate_night
from tests.machine.operators import Operator
from tests.machine.rollouts import Rollouts

CANDIDATE = f"{STACK_NAME}-candidate"
NO_CAPACITY = {
    "name": "no capacity",
    "service": "sagemaker",
    "operation": "CreateProcessingJob",
    "effect": {"delay_job": {"seconds": 3600}},
}


@dataclass(frozen=True)
class End:
    """The life of a stack from its last nights on, and the first night of the next.

    Attributes:
        registered: A night whose model serves as the candidate, and comes up in production.
        running: A night of the same data that ran.
        planned: ``nightly teardown --dry-run``.
        refused: ``nightly teardown``, answered with another name.
        ended: The same, answered with the stack's.
        again: The same once more.
        folders: Where the records of the two nights lie.
        switches: Of the candidate endpoint; production never came to serve.
        storage: Bucket and group, and those of the new stack.
        keys: Of the bucket's objects, before ``sam delete`` and after it.
        package: That of the registered night, described after ``sam delete``.
        left: What was listed then of endpoints, configurations, models and machines.
        next_night: The first night of the new stack.
    """

    registered: Night
    running: Night
    planned: Result
    refused: Result
    ended: Result
    again: Result
    folders: Sequence[Folder]
    switches: Sequence[Switch]
    storage: tuple[tuple[str, str], tuple[str, str]]
    keys: tuple[set[str], set[str]]
    package: dict[str, Any]
    left: Sequence[object]
    next_night: Night


def end_of(application: Application, folder: Path, data_date: date) -> End:
    """End a stack while it is in use, and deploy the next; a folder takes the transactions."""
    generate_night(folder, data_date)
    given = {"DataDate": str(data_date), "AllowMissingPartitions": True}
    application.deliver(folder)
    registered = application.run(given, f"{data_date}")
    running, told = _torn_down(application, registered.package_arn, given)
    s3, bucket = application.client("s3"), storage(application)[0]
    folders = Shelf(s3, bucket).folders(f"lineage/dt={data_date}/")
    switches = SwitchLog(s3, bucket).switches()[CANDIDATE]
    old, before = storage(application), keys(application, bucket)
    application.delete()
    after = keys(application, bucket)
    package = application.client("sagemaker").describe_model_package(
        ModelPackageName=registered.package_arn
    )
    left = _left(application)
    application.deploy(SMALL)
    application.deliver(folder)
    next_night = application.run(given, f"{data_date}-3")
    return End(
        registered=registered,
        running=running,
        planned=told[0],
        refused=told[1],
        ended=told[2],
        again=told[3],
        folders=folders,
        switches=switches,
        storage=(old, storage(application)),
        keys=(before, after),
        package=package,
        left=left,
        next_night=next_night,
    )


def _torn_down(
    application: Application, package_arn: str, given: dict[str, Any]
) -> tuple[Night, tuple[Result, Result, Result, Result]]:
    """The night that runs, and what the command said: time passes only while it waits."""
    operator = Operator.with_policy(application, "leaver", "teardown-policy.json")

    def pass_time(_: float) -> None:
        application.aws.advance_to(application.now() + timedelta(minutes=2))

    with (
        application.standing_clock(),
        application.faults([NO_CAPACITY]),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(command, "time", SimpleNamespace(sleep=pass_time))
        Rollouts(application).begin(package_arn)
        started = application.client("stepfunctions").start_execution(
            stateMachineArn=application.outputs["StateMachineAliasArn"],
            name=f"{given['DataDate']}-2",
            input=json.dumps(given),
        )
        told = (
            operator.run("teardown", "--dry-run"),
            operator.run("teardown", typed="nightly\n"),
            operator.run("teardown", typed=f"{STACK_NAME}\n"),
            operator.run("teardown", "--yes"),
        )
    return application.night(started["executionArn"]), told


def storage(application: Application) -> tuple[str, str]:
    outputs = application.outputs
    return outputs["BucketName"], outputs["ModelPackageGroupName"]


def keys(application: Application, bucket: str) -> set[str]:
    pages = application.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {it["Key"] for page in pages for it in page.get("Contents", [])}


def _left(application: Application) -> list[object]:
    sagemaker = application.client("sagemaker")
    return [
        *sagemaker.list_endpoints()["Endpoints"],
        *sagemaker.list_endpoint_configs()["EndpointConfigs"],
        *sagemaker.list_models()["Models"],
        *application.client("stepfunctions").list_state_machines()["stateMachines"],
    ]
