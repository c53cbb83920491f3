"""The life of a stack by the `sam` command line: update, rollback, deletion, a new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from demo.deploy import DeployFailed
from ops.night import Night
from tests.machine.application import (
    BUILT,
    SMALL,
    STACK_NAME,
    Application,
    deployed,
    generate_night,
)
from tests.machine.stack_end import End, end_of, keys
from tests.soak.kept_jobs import keeping_python

pytestmark = pytest.mark.slow

MACHINE = Path("statemachine") / "retrain.asl.yaml"
LIBRARY = Path("NightlyLayer") / "python" / "lineage" / "names.py"
PASSES = {"AucThreshold": 0.5}
"""Lets a night pass, whatever a test before this one made of the stack's threshold."""
FUNCTIONS = ("PrepareNightFunction", "RecordLineageFunction", "StartNightFunction")
STORAGE = (
    "BucketName",
    "ModelPackageGroupName",
    "StateMachineArn",
    "RolloutStateMachineArn",
    "NotificationTopicArn",
)
OTHERWISE = {
    "AucThreshold": "0.9",
    "FallbackInstanceTypes": "",
    "LabelledPrefix": "delivered/",
    "LogRetentionDays": "400",
    "NotificationEmail": "fraud@example.org",
    "ObjectLockDays": "365",
    "ProductionInstanceType": "ml.m5.large",
    "ProductionLatencyMs": "500",
    "ScheduleState": "DISABLED",
    "ScheduleTimeZone": "Asia/Tokyo",
    "TrainDays": "9",
}
MADE_ANEW = {"AWS::StepFunctions::StateMachineVersion"}


@dataclass(frozen=True)
class Release:
    """What is live: versions of the machine, of its functions, and where the data is."""

    alias_routes_to: str
    machine_versions: frozenset[str]
    functions: tuple[str, ...]
    storage: tuple[str, ...]

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
            storage=tuple(outputs[name] for name in STORAGE),
        )


def live(application: Application) -> tuple[dict[str, str], Path]:
    """Parameters and project of the last deployment that succeeded."""
    assert application.deployed is not None
    return application.deployed


def live_version(application: Application, function: str) -> str:
    alias = application.client("lambda").get_alias(
        FunctionName=application.physical_id(function), Name="live"
    )
    version: str = alias["FunctionVersion"]
    return version


@pytest.fixture(scope="module")
def application(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A stack of this module's own, which its tests change; jobs after the first are replayed."""
    start_at, scratch = datetime(2026, 11, 9, tzinfo=UTC), tmp_path_factory.mktemp("stack")
    replaying = str(keeping_python(scratch))
    with deployed(project, scratch, start_at, lambda it: it.deploy(SMALL), replaying) as running:
        yield running


@pytest.fixture
def before(application: Application) -> Release:
    """What is live as a test begins: whatever the one before it left."""
    return Release.of(application)


@pytest.fixture
def changed(application: Application, tmp_path: Path) -> Callable[[str, str], Path]:
    """A copy of the project that is live, with another state machine."""

    def change(old: str, new: str) -> Path:
        copy = shutil.copytree(live(application)[1], tmp_path / "project")
        definition = (copy / MACHINE).read_text()
        assert old in definition
        (copy / MACHINE).write_text(definition.replace(old, new))
        return copy

    return change


@pytest.fixture
def run_night(
    application: Application, unused_date: Callable[[], date], tmp_path: Path
) -> Callable[..., Night]:
    """Deliver a night's transactions, and run it."""

    def run(**given: float) -> Night:
        data_date = unused_date()
        folder = tmp_path / "transactions"
        generate_night(folder, data_date)
        application.deliver(folder)
        told = {"DataDate": str(data_date), "AllowMissingPartitions": True, **given}
        return application.run(told)

    return run


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
    application.update(live(application)[0] | {"AucThreshold": "1"})
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
    other = changed("The only way to the registry.", "No other way leads there.")
    application.deploy(live(application)[0], other)
    after = Release.of(application)
    assert after.alias_routes_to not in before.machine_versions
    assert after.functions == before.functions
    assert after.storage == before.storage
    assert live_definition(application, after).count("No other way leads there.") == 1
    assert run_night().status == "SUCCEEDED"


def test_a_changed_library_publishes_versions_of_the_functions_and_of_the_machine(
    application: Application,
    before: Release,
    run_night: Callable[[], Night],
    tmp_path: Path,
) -> None:
    """The library is changed where the build has put it, which installs all others once more."""
    parameters, project = live(application)
    copy = shutil.copytree(project, tmp_path / "project")
    with (copy / BUILT.parent / LIBRARY).open("a") as library:
        library.write("# changed\n")
    application.deploy(parameters, copy)
    after = Release.of(application)
    changed = [old != new for old, new in zip(before.functions, after.functions, strict=True)]
    assert all(changed)
    assert after.alias_routes_to not in before.machine_versions
    assert after.storage == before.storage
    assert run_night().status == "SUCCEEDED"


def test_a_change_set_that_changes_much_replaces_nothing_but_the_machines_versions(
    application: Application,
    before: Release,  # noqa: ARG001  # what is changed
) -> None:
    cloudformation = application.client("cloudformation")
    known = {it["ParameterKey"] for it in stack(application)["Parameters"]} - OTHERWISE.keys()
    changed = [{"ParameterKey": it, "ParameterValue": value} for it, value in OTHERWISE.items()]
    created = cloudformation.create_change_set(
        StackName=STACK_NAME,
        ChangeSetName="much",
        UsePreviousTemplate=True,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[*changed, *({"ParameterKey": it, "UsePreviousValue": True} for it in known)],
    )
    pages = cloudformation.get_paginator("describe_change_set").paginate(
        ChangeSetName=created["Id"]
    )
    changes = [it["ResourceChange"] for page in pages for it in page["Changes"]]
    cloudformation.delete_change_set(ChangeSetName=created["Id"])
    replaced = {it["ResourceType"] for it in changes if it.get("Replacement", "False") != "False"}
    removed = {it["ResourceType"] for it in changes if it["Action"] == "Remove"}
    assert len(changes) > len(OTHERWISE)
    assert replaced | removed <= MADE_ANEW


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
    run_night: Callable[..., Night],
) -> None:
    broken = changed("Next: TriggerDeploy", "Next: NoSuchState")
    with pytest.raises(DeployFailed):
        application.deploy(live(application)[0] | {"HoldoutDays": "2"}, broken)
    assert stack(application)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    after = Release.of(application)
    assert after.alias_routes_to == before.alias_routes_to
    assert after.storage == before.storage
    assert parameter(application, "HoldoutDays") == SMALL["HoldoutDays"]
    assert "NoSuchState" not in live_definition(application, after)
    night = run_night(**PASSES)
    assert (night.status, night.decision) == ("SUCCEEDED", "registered")


def parameter(application: Application, name: str) -> str:
    (value,) = [
        it["ParameterValue"]
        for it in stack(application)["Parameters"]
        if it["ParameterKey"] == name
    ]
    return str(value)


@pytest.fixture(scope="module")
def end(
    application: Application,
    unused_date: Callable[[], date],
    tmp_path_factory: pytest.TempPathFactory,
) -> End:
    """This stack's, at any time among the other tests, which the next stack is as good for."""
    if live(application)[0] != SMALL:
        application.update(SMALL)
    return end_of(application, tmp_path_factory.mktemp("transactions"), unused_date())


def test_a_teardown_says_first_what_it_would_do(end: End) -> None:
    told = end.planned.stdout.splitlines()
    assert f"  disable schedule {STACK_NAME}-nightly, cron(0 2 * * ? *)" in told
    assert f"  stop night {end.running.name}" in told
    assert any(line.startswith(f"  stop rollout {STACK_NAME}-production-v") for line in told)
    assert f"  await the end of endpoint {STACK_NAME}-production, Creating" in told


def test_it_asks_for_the_stacks_name_and_does_nothing_without_it(end: End) -> None:
    assert (end.refused.exit_code, "nothing was changed" in end.refused.stderr) == (1, True)
    assert end.refused.stdout.startswith(end.planned.stdout)


def test_it_ends_what_runs_and_deletes_what_rollouts_made(end: End) -> None:
    assert end.ended.exit_code == 0, end.ended.output
    told = end.ended.stdout.splitlines()
    for role in ("candidate", "production"):
        assert f"delete endpoint {STACK_NAME}-{role}, InService" in told
    assert told[-1] == f"Now: sam delete --stack-name {STACK_NAME}"
    assert end.running.status == "ABORTED"
    assert end.again.stdout.startswith("  nothing to end or to delete")


def test_what_it_ended_is_on_record(end: End) -> None:
    failures = [folder.failures for folder in end.folders]
    assert sorted(failures) == [(), ("failure-r0",)]
    assert [folder.unfinished for folder in end.folders] == [(), ()]
    assert end.switches[-1].endpoint_config_name is None


def test_sam_delete_leaves_data_and_registry_and_nothing_that_runs(end: End) -> None:
    before, after = end.keys
    assert before == after
    assert end.package["ModelPackageGroupName"] == end.storage[0][1]
    assert end.left == []


def test_a_new_stack_of_the_name_has_storage_of_its_own_and_runs_a_night(end: End) -> None:
    old, new = end.storage
    assert set(old).isdisjoint(new)
    assert (end.next_night.status, end.next_night.decision) == ("SUCCEEDED", "registered")
    assert end.next_night.package_arn.endswith("/1")
