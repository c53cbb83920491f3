"""Which rollout is started for whom, and that it is started once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lineage.schema import complaints
from rollout.errors import InvalidRollout
from rollout.start import Request, Starter

Register = Callable[..., str]


@pytest.fixture
def starter(sagemaker: Any, stepfunctions: Any, machine_arn: str) -> Starter:
    return Starter(sagemaker, stepfunctions, machine_arn, "stack-candidate", "stack-production")


def second(instant: datetime) -> str:
    """As the guide's sample has it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def decided(
    sagemaker: Any, arn: str, status: str, told: Callable[[datetime], Any] = second
) -> dict[str, Any]:
    """The event of a decision on a package, as EventBridge delivers it."""
    sagemaker.update_model_package(ModelPackageArn=arn, ModelApprovalStatus=status)
    changed_at = sagemaker.describe_model_package(ModelPackageName=arn)["LastModifiedTime"]
    return {
        "detail-type": "SageMaker Model Package State Change",
        "time": second(changed_at),
        "detail": {
            "ModelPackageArn": arn,
            "ModelApprovalStatus": status,
            "LastModifiedTime": told(changed_at),
        },
    }


def test_a_night_goes_to_the_candidate_endpoint(starter: Starter, register: Register) -> None:
    answer = starter.start(Request.parse({"Trigger": "Night", "PackageArn": register()}))
    assert answer["Started"]
    assert answer["Rollout"].startswith("stack-candidate-v1-")


def test_a_night_that_is_redriven_later_asks_for_the_same_rollout(
    starter: Starter, register: Register, sagemaker: Any, later: Callable[[timedelta], None]
) -> None:
    package = register()
    first = starter.start(Request.parse({"Trigger": "Night", "PackageArn": package}))
    later(timedelta(days=1))
    decided(sagemaker, package, "Approved")
    again = starter.start(Request.parse({"Trigger": "Night", "PackageArn": package}))
    assert again["Rollout"] == first["Rollout"]


def test_an_approval_goes_to_the_production_endpoint(
    starter: Starter, register: Register, sagemaker: Any
) -> None:
    answer = starter.start(Request.parse(decided(sagemaker, register(), "Approved")))
    assert answer["EndpointName"] == "stack-production"


def test_who_approved_is_asked_when_the_approval_is_heard_of(
    starter: Starter, register: Register, sagemaker: Any, stepfunctions: Any
) -> None:
    package = register()
    answer = starter.start(Request.parse(decided(sagemaker, package, "Approved")))
    execution = stepfunctions.describe_execution(executionArn=answer["ExecutionArn"])
    given = json.loads(execution["input"])
    assert complaints(given, "rollout") == []
    assert given["Approval"]["By"].startswith("arn:aws:iam:")


@pytest.mark.parametrize(
    "told",
    [
        lambda at: second(at + timedelta(seconds=1)),
        lambda at: int(at.timestamp() * 1000),
        lambda at: str(int(at.timestamp() * 1000)),
        datetime.isoformat,
        lambda at: f"{at:%Y-%m-%dT%H:%M:%S}",
    ],
    ids=["rounded up", "milliseconds", "milliseconds as text", "precise", "without a zone"],
)
def test_who_approved_is_known_however_the_event_tells_the_instant(
    starter: Starter,
    register: Register,
    sagemaker: Any,
    stepfunctions: Any,
    told: Callable[[datetime], Any],
) -> None:
    """Other events of the guide's page count milliseconds; whether this one rounds, nobody says."""
    package = register()
    answer = starter.start(Request.parse(decided(sagemaker, package, "Approved", told)))
    execution = stepfunctions.describe_execution(executionArn=answer["ExecutionArn"])
    assert json.loads(execution["input"])["Approval"]["By"].startswith("arn:aws:iam:")


def test_several_events_of_one_change_are_one_rollout_if_none_tells_the_instant(
    starter: Starter, register: Register, sagemaker: Any
) -> None:
    package = register()
    event = decided(sagemaker, package, "Approved")
    del event["detail"]["LastModifiedTime"]
    sent_at = datetime.fromisoformat(event["time"])
    later = event | {"time": second(sent_at + timedelta(seconds=2))}
    first, other = (starter.start(Request.parse(it)) for it in (event, later))
    assert other["Rollout"] == first["Rollout"]


def test_nobody_passes_for_an_approver_who_edited_the_package_since(
    starter: Starter,
    register: Register,
    sagemaker: Any,
    stepfunctions: Any,
    later: Callable[[timedelta], None],
) -> None:
    """An event that comes late finds the registry with the last change, which is another one."""
    package = register()
    event = decided(sagemaker, package, "Approved")
    later(timedelta(minutes=1))
    sagemaker.update_model_package(ModelPackageArn=package, ApprovalDescription="not mine")
    answer = starter.start(Request.parse(event))
    execution = stepfunctions.describe_execution(executionArn=answer["ExecutionArn"])
    given = json.loads(execution["input"])
    assert complaints(given, "rollout") == []
    approved_at = event["detail"]["LastModifiedTime"].replace("Z", ".000Z")
    assert given["Approval"] == {"By": "unknown", "At": approved_at}


def test_an_event_that_is_delivered_again_starts_nothing(
    starter: Starter, register: Register, sagemaker: Any, stepfunctions: Any
) -> None:
    """Even if the package was described anew meanwhile: the event says when it was approved."""
    package = register()
    event = decided(sagemaker, package, "Approved")
    first = starter.start(Request.parse(event))
    sagemaker.update_model_package(
        ModelPackageArn=package, CustomerMetadataProperties={"Seen": "by audit"}
    )
    stepfunctions.stop_execution(executionArn=first["ExecutionArn"])
    again = starter.start(Request.parse(event))
    assert (again["Rollout"], again["Started"]) == (first["Rollout"], False)


def test_a_package_that_is_approved_again_is_rolled_out_again(
    starter: Starter, register: Register, sagemaker: Any, later: Callable[[timedelta], None]
) -> None:
    package = register()
    first = starter.start(Request.parse(decided(sagemaker, package, "Approved")))
    later(timedelta(minutes=1))
    decided(sagemaker, package, "Rejected")
    again = starter.start(Request.parse(decided(sagemaker, package, "Approved")))
    assert again["Started"]
    assert again["Rollout"] != first["Rollout"]


def test_an_operator_goes_back_under_the_packages_last_change(
    starter: Starter, register: Register, sagemaker: Any, stepfunctions: Any
) -> None:
    """That is the operator's, and no approval."""
    package = register()
    decided(sagemaker, package, "Approved")
    changed_at: datetime = sagemaker.describe_model_package(ModelPackageName=package)[
        "LastModifiedTime"
    ]
    answer = starter.start(Request.parse({"Trigger": "Rollback", "PackageArn": package}))
    assert answer["Rollout"] == f"stack-production-v1-{changed_at:%Y%m%dT%H%M%SZ}"
    given = json.loads(
        stepfunctions.describe_execution(executionArn=answer["ExecutionArn"])["input"]
    )
    assert complaints(given, "rollout") == []
    assert given["Rollback"]["By"].startswith("arn:aws:iam:")
    assert "Approval" not in given


def test_an_approval_is_given_once_more_under_the_packages_last_change(
    starter: Starter, register: Register, sagemaker: Any, stepfunctions: Any
) -> None:
    """The registry has no event of it: the package was Approved, and is."""
    package = register()
    decided(sagemaker, package, "Approved")
    sagemaker.update_model_package(ModelPackageArn=package, ApprovalDescription="once more")
    answer = starter.start(Request.parse({"Trigger": "Approval", "PackageArn": package}))
    given = json.loads(
        stepfunctions.describe_execution(executionArn=answer["ExecutionArn"])["input"]
    )
    assert complaints(given, "rollout") == []
    assert answer["EndpointName"] == "stack-production"
    assert given["Approval"]["Comment"] == "once more"


@pytest.mark.parametrize(
    "event", [{}, {"Trigger": "Night"}, {"Trigger": "Whim", "PackageArn": "arn"}]
)
def test_what_asks_for_no_rollout_is_refused(event: dict[str, str]) -> None:
    with pytest.raises(InvalidRollout, match="PackageArn"):
        Request.parse(event)
