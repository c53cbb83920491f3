"""The life of a stack by the `sam` command line: update, rollback, deletion, a new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.deploy import DeployFailed, build
from ops.night import Night
from tests.machine.application import SMALL, STACK_NAME, Application, deployed, generate_night

pytestmark = pytest.mark.slow

MACHINE = Path("statemachine") / "retrain.asl.yaml"
FUNCTIONS = ("PrepareNightFunction", "RecordLineageFunction", "StartNightFunction")


@dataclass(frozen=True)
class Release:
    """What is live: versions of the machine, of its functions, and where the data is."""

    alias_routes_to: str
    machine_versions: frozenset[str]
    functions: tuple[str, ...]
    storage: tuple[str, str]

    @classmethod
    def of(cls, application: Application) -> Release:
        """Read it from the services, not from the stack."""
        stepfunctions, outputs = application.client("stepfunctions"), application.outputs
        alias = stepfunctions.describe_state_machine_alias(
            stateMachineAliasArn=outputs["StateMachineAliasArn"]
        )
        (route,) = alias["routingConfiguration"]
        listed = stepfunctions.list_state_machine_versions(
            stateMachineArn=outputs["StateMachineArn"]
        )["stateMachineVersions"]
        return cls(
            alias_routes_to=route["stateMachineVersionArn"],
            machine_versions=frozenset(it["stateMachineVersionArn"] for it in listed),
            functions=tuple(live_version(application, name) for name in FUNCTIONS),
            storage=(outputs["BucketName"], outputs["ModelPackageGroupName"]),
        )


def live_version(application: Application, function: str) -> str:
    alias = application.client("lambda").get_alias(
        FunctionName=application.physical_id(function), Name="live"
    )
    version: str = alias["FunctionVersion"]
    return version


@pytest.fixture(scope="module")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack of this module's own, which its tests change."""
    start_at = datetime(2026, 11, 9, tzinfo=UTC)
    with deployed(project, tmp_path_factory.mktemp("stack"), start_at, SMALL) as running:
        yield running


@pytest.fixture
def before(application: Application) -> Release:
    """The release that every test starts from, whatever the one before it left."""
    if application.deployed != (SMALL, application.project):
        application.deploy(SMALL)
    return Release.of(application)


@pytest.fixture
def changed(project: Path, tmp_path: Path) -> Callable[[str, str], Path]:
    """A copy of the built project with another state machine."""

    def change(old: str, new: str) -> Path:
        copy = shutil.copytree(project, tmp_path / "project")
        definition = (copy / MACHINE).read_text()
        assert old in definition
        (copy / MACHINE).write_text(definition.replace(old, new))
        return copy

    return change


@pytest.fixture
def run_night(
    application: Application, unused_date: Callable[[], date], tmp_path: Path
) -> Callable[[], Night]:
    """Deliver a night's transactions, and run it."""

    def run() -> Night:
        data_date = unused_date()
        folder = tmp_path / "transactions"
        generate_night(folder, data_date)
        application.deliver(folder)
        return application.run({"DataDate": str(data_date), "AllowMissingPartitions": True})

    return run


def keys(application: Application, bucket: str) -> set[str]:
    pages = application.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {it["Key"] for page in pages for it in page.get("Contents", [])}


def stack(application: Application) -> dict[str, Any]:
    described = application.client("cloudformation").describe_stacks(StackName=STACK_NAME)
    found: dict[str, Any] = described["Stacks"][0]
    return found


def test_a_changed_parameter_publishes_a_version_and_moves_the_alias_while_data_stays(
    application: Application, before: Release, run_night: Callable[[], Night]
) -> None:
    assert run_night().decision == "registered"
    packages = application.packages()
    objects = keys(application, before.storage[0])
    application.deploy(SMALL | {"AucThreshold": "1"})
    after = Release.of(application)
    assert after.alias_routes_to not in before.machine_versions
    assert after.storage == before.storage
    assert application.packages() == packages
    assert objects <= keys(application, after.storage[0])
    assert run_night().decision == "rejected"


def test_a_changed_definition_publishes_a_version_of_the_machine_alone(
    application: Application,
    before: Release,
    changed: Callable[[str, str], Path],
    run_night: Callable[[], Night],
) -> None:
    application.deploy(SMALL, changed("The only way to the registry.", "No other way leads there."))
    after = Release.of(application)
    assert after.alias_routes_to not in before.machine_versions
    assert after.functions == before.functions
    assert after.storage == before.storage
    assert live_definition(application, after).count("No other way leads there.") == 1
    assert run_night().status == "SUCCEEDED"


def test_a_changed_library_publishes_versions_of_the_functions_and_of_the_machine(
    application: Application,
    before: Release,
    project: Path,
    run_night: Callable[[], Night],
    tmp_path: Path,
) -> None:
    copy = shutil.copytree(project, tmp_path / "project")
    with (copy / "lineage" / "names.py").open("a") as library:
        library.write("# changed\n")
    build(application.aws, application.log, copy)
    application.deploy(SMALL, copy)
    after = Release.of(application)
    changed = [old != new for old, new in zip(before.functions, after.functions, strict=True)]
    assert all(changed)
    assert after.alias_routes_to not in before.machine_versions
    assert after.storage == before.storage
    assert run_night().status == "SUCCEEDED"


def live_definition(application: Application, release: Release) -> str:
    described = application.client("stepfunctions").describe_state_machine(
        stateMachineArn=release.alias_routes_to
    )
    definition: str = described["definition"]
    return definition


def test_a_broken_update_rolls_back_and_the_machine_still_runs_a_night(
    application: Application,
    before: Release,
    changed: Callable[[str, str], Path],
    run_night: Callable[[], Night],
) -> None:
    broken = changed("Next: TriggerDeploy", "Next: NoSuchState")
    with pytest.raises(DeployFailed):
        application.deploy(SMALL | {"HoldoutDays": "2"}, broken)
    assert stack(application)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    after = Release.of(application)
    assert after.alias_routes_to == before.alias_routes_to
    assert after.storage == before.storage
    assert parameter(application, "HoldoutDays") == SMALL["HoldoutDays"]
    assert "NoSuchState" not in live_definition(application, after)
    night = run_night()
    assert (night.status, night.decision) == ("SUCCEEDED", "registered")


def parameter(application: Application, name: str) -> str:
    (value,) = [
        it["ParameterValue"]
        for it in stack(application)["Parameters"]
        if it["ParameterKey"] == name
    ]
    return str(value)


def test_data_and_registry_outlive_sam_delete_and_a_new_stack_runs_beside_them(
    application: Application, before: Release, run_night: Callable[[], Night]
) -> None:
    package_arn = run_night().package_arn
    # An endpoint that loses its role while it comes up fails, here as on AWS.
    application.aws.advance_to(application.now() + timedelta(minutes=15))
    bucket, group = before.storage
    objects = keys(application, bucket)
    application.delete()
    assert keys(application, bucket) == objects
    sagemaker = application.client("sagemaker")
    described = sagemaker.describe_model_package(ModelPackageName=package_arn)
    assert described["ModelPackageGroupName"] == group
    assert application.client("stepfunctions").list_state_machines()["stateMachines"] == []
    application.deploy(SMALL)
    assert set(Release.of(application).storage).isdisjoint({bucket, group})
    night = run_night()
    assert (night.status, night.decision) == ("SUCCEEDED", "registered")
