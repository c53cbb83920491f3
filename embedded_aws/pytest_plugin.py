"""Fixtures for pytest: a serving instance, its clients, its clock, faults and calls, and stacks.

Another project says ``pytest_plugins = ["embedded_aws.pytest_plugin"]`` in its top-most conftest,
and writes

    def test_a_night_registers_a_package(aws, client, deploy_template, clock):
        outputs = deploy_template("night", Path("template.yaml"), ScheduleState="DISABLED")
        started = client("stepfunctions").start_execution(stateMachineArn=outputs["MachineArn"])
        clock.advance_to(started["startDate"])
        ...

Instances live for a module, so tests of one module use names of their own. A module that wants
another instance overrides ``aws_settings``. Tests that serve are marked ``served``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.clock import Clock
from embedded_aws.faults.plan import FaultPlan
from embedded_aws.iam.call_log import CallLog
from embedded_aws.instance import Instance, serve
from embedded_aws.packaging import deploy
from embedded_aws.settings import Settings
from embedded_aws.testing import make_client

VIRTUAL_START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the module's instance is told; to be overridden."""
    return Settings(tmp_path_factory.mktemp("embedded-aws"), start_at=VIRTUAL_START)


@pytest.fixture(scope="module")
def aws(aws_settings: Settings) -> Iterator[Instance]:
    """An instance of the embedded AWS, fresh for each test module."""
    with serve(aws_settings) as instance:
        yield instance


@pytest.fixture(scope="module")
def client(aws: Instance) -> Callable[[str], Any]:
    """Make boto3 clients as any user would: an endpoint, a region, dummy keys, no retries."""
    return lambda service: make_client(aws.url, service, aws.environment.settings.region)


@pytest.fixture(scope="module")
def clock(aws: Instance) -> Clock:
    """The instance's virtual clock."""
    return aws.clock


@pytest.fixture
def faults(aws: Instance) -> Iterator[FaultPlan]:
    """The instance's scripted faults, none of which outlives its test."""
    yield aws.faults
    aws.faults.clear()


@pytest.fixture
def calls(aws: Instance) -> CallLog:
    """The log of every call: who did what to which resource, and which statement let them."""
    return aws.calls


@pytest.fixture(scope="module")
def deploy_template(client: Callable[[str], Any]) -> Callable[..., dict[str, str]]:
    """Deploy a template, SAM's transform included; its outputs.

    Called with the stack's name, the template's path, and the stack's parameters.
    """

    def run(stack: str, template: Path, **parameters: str) -> dict[str, str]:
        return deploy(client("cloudformation"), client("s3"), stack, template, parameters)

    return run


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, for whoever runs with ``--strict-markers``."""
    config.addinivalue_line("markers", "served: needs a serving embedded AWS")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a serving instance, so that it can be left out."""
    for item in items:
        if "aws" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.served)
