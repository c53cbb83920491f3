"""The smoke test, beside another stack in the same account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.deploy import DeployFailed
from smoke.__main__ import GROUPS, STACK_NAME, smoke
from smoke.hosting_checks import AFTERWARDS
from smoke.place import Embedded
from smoke.site import Site
from tests.machine import application as machine
from tests.machine.application import Application

pytestmark = pytest.mark.slow

NAMES = [name for checks in (*GROUPS, AFTERWARDS) for name in checks.by_name]


@pytest.fixture(scope="module")
def site(application: Application, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    log = tmp_path_factory.mktemp("smoke") / "sam.log"
    return Site(Embedded(application.aws), STACK_NAME, project, log)


def resources(application: Application, stack_name: str) -> dict[str, str]:
    """What a stack is made of."""
    pages = application.client("cloudformation").get_paginator("list_stack_resources")
    return {
        it["LogicalResourceId"]: it["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack_name)
        for it in page["StackResourceSummaries"]
    }


def everything(application: Application) -> list[set[str]]:
    """The names of what stacks leave behind, and of what goes with them."""
    listed: Callable[[str], Any] = application.client
    return [
        {it["Name"] for it in listed("s3").list_buckets()["Buckets"]},
        {
            it["ModelPackageGroupName"]
            for it in listed("sagemaker").list_model_package_groups()[
                "ModelPackageGroupSummaryList"
            ]
        },
        {it["LayerName"] for it in listed("lambda").list_layers()["Layers"]},
        {it["Name"] for it in listed("scheduler").list_schedules()["Schedules"]},
    ]


def test_it_finds_aws_as_assumed_leaves_nothing_and_another_stack_alone(
    application: Application, site: Site
) -> None:
    made, there = resources(application, machine.STACK_NAME), everything(application)
    told: list[str] = []
    assert smoke(site, told.append) == [], "\n".join(told)
    judged = [line.split()[1] for line in told if line.startswith("ok ")]
    assert judged == NAMES
    assert resources(application, machine.STACK_NAME) == made
    # What holds the SAM CLI's uploads is everybody's.
    found = everything(application)
    found[0] = {name for name in found[0] if not name.startswith("aws-sam-cli")}
    assert found[0] <= there[0]
    assert found[1:] == there[1:]


def test_it_does_not_touch_a_stack_that_it_finds(application: Application, site: Site) -> None:
    taken = Site(site.place, machine.STACK_NAME, site.project, site.log)
    before = resources(application, machine.STACK_NAME)
    with pytest.raises(DeployFailed, match="already"):
        smoke(taken, print)
    assert resources(application, machine.STACK_NAME) == before
