"""What is known about a rollout before anything is changed, and what ends it there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from rollout.document import Attempt, Clients, prepare
from rollout.errors import EndpointBusy, InvalidRollout

Register = Callable[..., str]
SERVERLESS = {
    "InstanceType": "",
    "InstanceCount": "2",
    "MemorySizeMb": "2048",
    "MaxConcurrency": "5",
    "Traffic": "CANARY",
    "StepPercent": "10",
    "BakeMinutes": "10",
    "Alarms": ["errors"],
}


class Stack:
    """Two endpoints, and the machine that rolls out to them."""

    def __init__(self, clients: Clients, machine_arn: str, role_arn: str) -> None:
        name = f"stack-{uuid4().hex[:6]}"
        self.candidate, self.production = f"{name}-candidate", f"{name}-production"
        self.clients, self.machine_arn, self._role_arn = clients, machine_arn, role_arn
        self._settings = {
            "Targets": [
                {"EndpointName": self.candidate, "DemandsApproval": False, **SERVERLESS},
                {
                    "EndpointName": self.production,
                    "DemandsApproval": True,
                    **SERVERLESS,
                    "InstanceType": "ml.m5.large",
                },
            ]
        }

    def given(
        self, package: str, endpoint: str, changed: str = "20261122T020008Z"
    ) -> dict[str, str]:
        return {
            "Trigger": "Night",
            "PackageArn": package,
            "EndpointName": endpoint,
            "RolloutId": f"v1-{changed}",
        }

    def start(self, given: Mapping[str, Any]) -> str:
        started = self.clients.stepfunctions.start_execution(
            stateMachineArn=self.machine_arn,
            name=f"{given['EndpointName']}-{given['RolloutId']}",
            input=json.dumps(given),
        )
        return str(started["executionArn"])

    def prepare(
        self, given: Mapping[str, Any], execution_arn: str = "", *, is_last: bool = False
    ) -> dict[str, Any]:
        attempt = Attempt(
            execution_arn or self.start(given), "2026-11-22T02:00:09.000Z", is_last=is_last
        )
        return prepare(given, attempt, self._settings, self.clients)

    def serve(
        self, package: str, config: str, endpoint: str, capacity: dict[str, Any] | None = None
    ) -> None:
        """Bring a package onto an endpoint by hand, serverless unless its capacity is told."""
        sagemaker = self.clients.sagemaker
        container = sagemaker.describe_model_package(ModelPackageName=package)[
            "InferenceSpecification"
        ]["Containers"][0]
        sagemaker.create_model(
            ModelName=config,
            PrimaryContainer={
                "Image": container["Image"],
                "ModelDataUrl": container["ModelDataUrl"],
            },
            ExecutionRoleArn=self._role_arn,
        )
        serverless = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5}}
        variant = {"VariantName": "AllTraffic", "ModelName": config, **(capacity or serverless)}
        sagemaker.create_endpoint_config(EndpointConfigName=config, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=endpoint, EndpointConfigName=config)


@pytest.fixture
def stack(client: Callable[[str], Any], machine_arn: str, role_arn: str) -> Stack:
    clients = Clients(client("sagemaker"), client("stepfunctions"), client("s3"))
    return Stack(clients, machine_arn, role_arn)


def approve(stack: Stack, package: str, status: str = "Approved") -> None:
    stack.clients.sagemaker.update_model_package(
        ModelPackageArn=package, ModelApprovalStatus=status, ApprovalDescription="looks good"
    )


def test_model_and_configuration_bear_the_executions_name(stack: Stack, register: Register) -> None:
    rollout = stack.prepare(stack.given(register(), stack.candidate))
    name = rollout["ExecutionArn"].rpartition(":")[2]
    assert rollout["ModelName"] == rollout["EndpointConfigName"] == name
    assert rollout["EndpointArn"].endswith(f":endpoint/{stack.candidate}")
    assert (rollout["DataDate"], rollout["RunId"]) == ("2026-11-21", "20261121-0a1b2c3d")


def test_an_endpoint_that_is_not_there_has_nothing_to_go_back_to(
    stack: Stack, register: Register
) -> None:
    rollout = stack.prepare(stack.given(register(), stack.candidate))
    absent = {"PreviousEndpointConfigName", "Refusal", "Approval", "SupersededBy"}
    assert not absent & rollout.keys()
    assert rollout["EndpointStatus"] == "Missing"


def test_the_candidate_serves_what_nobody_has_approved_by_its_artifact(
    stack: Stack, register: Register
) -> None:
    container = stack.prepare(stack.given(register(), stack.candidate))["Container"]
    assert set(container) == {"Image", "ModelDataUrl"}


def test_production_serves_the_package_as_such_and_knows_who_approved_it(
    stack: Stack, register: Register
) -> None:
    package = register()
    approve(stack, package)
    rollout = stack.prepare(stack.given(package, stack.production))
    assert rollout["Container"] == {"ModelPackageName": package}
    assert rollout["Approval"]["Comment"] == "looks good"
    assert rollout["Approval"]["By"].startswith("arn:aws:iam:")
    assert rollout["Approval"]["At"].endswith("Z")
    assert "DeploymentConfig" in rollout


def test_who_approved_is_not_whoever_edits_the_package_while_the_rollout_waits(
    stack: Stack, register: Register
) -> None:
    package, approval = register(), {"By": "ada", "At": "2026-11-22T02:00:08.000Z"}
    approve(stack, package)
    given = stack.given(package, stack.production) | {"Approval": approval}
    assert stack.prepare(given)["Approval"] == approval


def test_whoever_brings_a_package_back_is_not_taken_for_who_approved_it(
    stack: Stack, register: Register
) -> None:
    package, operator = register(), {"By": "ben", "At": "2026-11-24T09:00:00.000Z"}
    approve(stack, package)
    back = {"Trigger": "Rollback", "Rollback": operator}
    rollout = stack.prepare(stack.given(package, stack.production) | back)
    assert rollout["Rollback"] == operator
    assert "Approval" not in rollout


@pytest.mark.parametrize("status", ["PendingManualApproval", "Rejected"])
def test_production_refuses_a_package_that_is_not_approved(
    stack: Stack, register: Register, status: str
) -> None:
    package = register()
    approve(stack, package, status)
    refusal = stack.prepare(stack.given(package, stack.production))["Refusal"]
    assert refusal == {"Error": "PackageNotApproved", "Cause": f"{package} is {status}."}


@pytest.mark.parametrize("name", ["model.tar.gz", "sample.json"])
def test_a_deleted_artifact_is_refused_by_name(stack: Stack, register: Register, name: str) -> None:
    package = register()
    group = package.split("/")[1]
    stack.clients.s3.delete_object(Bucket="models", Key=f"{group}/{name}")
    refusal = stack.prepare(stack.given(package, stack.candidate))["Refusal"]
    assert refusal["Error"] == "ModelArtifactMissing"
    assert f"s3://models/{group}/{name} is not there" in refusal["Cause"]


def test_an_endpoint_that_changes_is_waited_for_and_at_last_refused(
    stack: Stack, register: Register
) -> None:
    package = register()
    stack.serve(package, f"{stack.candidate}-v1-20261121T020008Z", stack.candidate)
    given = stack.given(package, stack.candidate)
    execution = stack.start(given)
    with pytest.raises(EndpointBusy, match="is Creating"):
        stack.prepare(given, execution)
    refused = stack.prepare(given, execution, is_last=True)
    assert refused["Refusal"]["Error"] == "EndpointBusy"


def test_what_serves_is_what_it_goes_back_to(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    package, before = register(), f"{stack.candidate}-v1-20261121T020008Z"
    stack.serve(package, before, stack.candidate)
    later(timedelta(hours=1))
    rollout = stack.prepare(stack.given(package, stack.candidate))
    assert rollout["PreviousEndpointConfigName"] == before
    assert "SupersededBy" not in rollout


def test_an_endpoint_with_something_newer_keeps_it(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    package, newer = register(), f"{stack.candidate}-v2-20261123T020008Z"
    stack.serve(package, newer, stack.candidate)
    later(timedelta(hours=1))
    assert stack.prepare(stack.given(package, stack.candidate))["SupersededBy"] == newer


@pytest.mark.parametrize(
    ("served_id", "served_at", "own_at", "stays"),
    [
        ("v9-20261122T020008Z", "2026-11-22T02:00:08.200Z", "2026-11-22T02:00:08.700Z", "own"),
        ("v0-20261122T020008Z", "2026-11-22T02:00:08.700Z", "2026-11-22T02:00:08.200Z", "served"),
        ("v9-20261122T020009Z", "2026-11-22T02:00:08.600Z", "2026-11-22T02:00:08.700Z", "own"),
        ("v9-20261122T020008Z", "2026-11-22T02:00:08.200Z", "2026-11-22T02:00:08.200Z", "served"),
    ],
    ids=["later", "earlier", "later than what an event rounded up", "at the same time"],
)
def test_of_two_that_were_asked_for_within_a_second_the_later_stays(  # noqa: PLR0913  # the case
    stack: Stack,
    register: Register,
    later: Callable[[timedelta], None],
    served_id: str,
    served_at: str,
    own_at: str,
    stays: str,
) -> None:
    """Names have whole seconds; when they were asked for stands in their executions."""
    package = register()
    approve(stack, package)
    given = stack.given(package, stack.production)
    other = given | {"RolloutId": served_id, "Rollback": {"By": "ben", "At": served_at}}
    stack.clients.stepfunctions.stop_execution(executionArn=stack.start(other))
    served = f"{stack.production}-{served_id}"
    stack.serve(package, served, stack.production)
    later(timedelta(hours=1))
    rollout = stack.prepare(given | {"Approval": {"By": "ada", "At": own_at}})
    assert rollout.get("SupersededBy", "own") == {"own": "own", "served": served}[stays]


def test_without_the_execution_that_brought_it_there_the_names_decide(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    """As of a machine that was made anew, which knows none of the one before."""
    package, served = register(), f"{stack.production}-v9-20261122T020008Z"
    approve(stack, package)
    stack.serve(package, served, stack.production)
    later(timedelta(hours=1))
    approval = {"Approval": {"By": "ada", "At": "2026-11-22T02:00:08.900Z"}}
    rollout = stack.prepare(stack.given(package, stack.production) | approval)
    assert rollout["SupersededBy"] == served


def test_an_endpoint_that_never_came_up_has_to_be_deleted_first(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    package = register()
    group = package.split("/")[1]
    stack.serve(package, f"{stack.candidate}-broken", stack.candidate)
    stack.clients.s3.put_object(Bucket="models", Key=f"{group}/model.tar.gz", Body=b"broken")
    later(timedelta(hours=1))
    refusal = stack.prepare(stack.given(package, stack.candidate))["Refusal"]
    assert refusal["Error"] == "EndpointFailed"
    assert "Delete it." in refusal["Cause"]


@pytest.mark.parametrize(
    ("serves", "told"),
    [
        ("v2-20261121T020008Z", "reject and approve version 2, which it serves, or delete"),
        ("own", ": del"),
    ],
    ids=["a-rollout", "by-hand"],
)
def test_a_serverless_endpoint_gets_no_instances_with_another_package(
    stack: Stack, register: Register, later: Callable[[timedelta], None], serves: str, told: str
) -> None:
    """It could not go back."""
    package = register()
    approve(stack, package)
    stack.serve(package, f"{stack.production}-{serves}", stack.production)
    later(timedelta(hours=1))
    refusal = stack.prepare(stack.given(package, stack.production))["Refusal"]
    assert refusal["Error"] == "EndpointOfOtherKind"
    assert told in refusal["Cause"]


def test_a_serverless_endpoint_gets_instances_with_the_package_that_it_serves(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    package = register()
    approve(stack, package)
    stack.serve(package, f"{stack.production}-v1-20261121T020008Z", stack.production)
    later(timedelta(hours=1))
    assert "Refusal" not in stack.prepare(stack.given(package, stack.production))


def test_an_endpoint_with_instances_has_to_be_deleted_to_become_serverless(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    package = register()
    instances = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    stack.serve(package, f"{stack.candidate}-v1-20261121T020008Z", stack.candidate, instances)
    later(timedelta(hours=1))
    refusal = stack.prepare(stack.given(package, stack.candidate))["Refusal"]
    assert refusal["Error"] == "EndpointOfOtherKind"
    assert "cannot become serverless. Delete it" in refusal["Cause"]


def test_rollouts_to_an_endpoint_take_their_turns(
    stack: Stack, register: Register, later: Callable[[timedelta], None]
) -> None:
    package = register()
    first = stack.given(package, stack.candidate, "20261122T020008Z")
    second = stack.given(package, stack.candidate, "20261122T020009Z")
    running = stack.start(first)
    later(timedelta(seconds=1))
    waiting = stack.start(second)
    assert "Refusal" not in stack.prepare(first, running)
    with pytest.raises(
        EndpointBusy, match=f"being changed by {stack.candidate}-v1-20261122T020008Z"
    ):
        stack.prepare(second, waiting)
    stack.clients.stepfunctions.stop_execution(executionArn=running)
    assert "Refusal" not in stack.prepare(second, waiting)


def test_rollouts_to_different_endpoints_do_not_wait_for_each_other(
    stack: Stack, register: Register
) -> None:
    package = register()
    approve(stack, package)
    stack.start(stack.given(package, stack.candidate))
    assert "Refusal" not in stack.prepare(stack.given(package, stack.production))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Trigger": "Whim"}, "Whim"),
        ({"RolloutId": "latest"}, "latest"),
        ({"EndpointName": "other"}, "none of the stack's"),
        ({"Comment": ""}, "Comment"),
    ],
)
def test_an_input_that_is_none_is_refused(
    stack: Stack, register: Register, changes: dict[str, str], told: str
) -> None:
    given = stack.given(register(), stack.candidate)
    with pytest.raises(InvalidRollout, match=told):
        stack.prepare(given | changes, stack.start(given))


def test_a_package_that_no_night_registered_is_refused(stack: Stack, register: Register) -> None:
    package = register(CustomerMetadataProperties={"Origin": "by hand"})
    with pytest.raises(InvalidRollout, match="not registered by a night"):
        stack.prepare(stack.given(package, stack.candidate))
