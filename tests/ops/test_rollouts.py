"""Which rollouts an operator hears of: those on their way, and one that did not come through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from embedded_aws.clock import ClockMode
from embedded_aws.instance import Instance
from embedded_aws.settings import Settings
from ops.errors import NotRolledBack, NotRolledOut
from ops.promotion import require_promotable
from ops.registry import Package, Verdict, decide, find
from ops.rollback import require_at_rest
from ops.rollouts import Rollout, fruitless_last, turn, under_way, with_approvals
from tests.ops.machines import create_machine
from tests.ops.packages import GROUP as FRAUD
from tests.ops.packages import create_package

ENDPOINT, CANDIDATE = "fraud-production", "fraud-candidate"
GROUP = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud"
NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
MACHINE = {
    "StartAt": "Way",
    "States": {
        "Way": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.way", "StringEquals": "fails", "Next": "Fails"},
                {"Variable": "$.way", "StringEquals": "lasts", "Next": "Lasts"},
            ],
            "Default": "Succeeds",
        },
        "Fails": {"Type": "Fail", "Error": "SmokeTestFailed", "Cause": "row 0: 0.1, " * 50},
        "Lasts": {"Type": "Wait", "Seconds": 864000, "Next": "Succeeds"},
        "Succeeds": {"Type": "Succeed"},
    },
}


@pytest.fixture(scope="module")
def aws_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A clock that jumps over no wait, so that a rollout lasts."""
    return Settings(tmp_path_factory.mktemp("embedded-aws"), clock_mode=ClockMode.REAL)


@pytest.fixture(scope="module")
def stepfunctions(client: Callable[[str], Any]) -> Any:
    return client("stepfunctions")


@pytest.fixture
def machine_arn(client: Callable[[str], Any]) -> str:
    """A machine that does what its input says."""
    return create_machine(client, f"rollout-{uuid4().hex[:8]}", MACHINE)


@pytest.fixture
def roll_out(aws: Instance, stepfunctions: Any, machine_arn: str) -> Callable[..., str]:
    """Start a rollout that succeeds, ``fails`` or ``lasts``; its name, once it has come so far."""

    def run(version: int, way: str = "", endpoint: str = ENDPOINT, **told: str) -> str:
        name = f"{endpoint}-v{version}-20261121T0{version:05}Z"
        stepfunctions.start_execution(
            stateMachineArn=machine_arn, name=name, input=json.dumps({"way": way, **told})
        )
        aws.environment.clock.advance_to(aws.environment.clock.now())
        return name

    return run


def package(version: int) -> Package:
    arn = f"{GROUP}/{version}"
    return Package(
        arn, "fraud", version, "Completed", "Approved", "2026-11-21", "", 0.97, None, "", ""
    )


def test_those_under_way_are_told_oldest_first_and_of_one_endpoint(
    stepfunctions: Any, machine_arn: str, roll_out: Callable[..., str]
) -> None:
    roll_out(3, "fails")
    names = [roll_out(7, "lasts"), roll_out(4, "lasts")]
    roll_out(8, "lasts", endpoint=CANDIDATE)
    found = under_way(stepfunctions, machine_arn, ENDPOINT)
    assert [each.name for each in found] == names
    assert [each.version for each in found] == [7, 4]
    assert str(found[0]).startswith("rollout of version 7 under way since 20")
    assert found[0].document["EndedAt"] is None


def test_what_was_started_by_hand_under_another_name_is_no_rollout(
    stepfunctions: Any, machine_arn: str, roll_out: Callable[..., str]
) -> None:
    name = roll_out(4, "lasts")
    for stray in (f"{ENDPOINT}-vtest", f"{ENDPOINT}-v5"):
        stepfunctions.start_execution(
            stateMachineArn=machine_arn, name=stray, input='{"way": "lasts"}'
        )
    found = under_way(stepfunctions, machine_arn, ENDPOINT)
    assert [each.name for each in found] == [name]


def test_the_last_one_is_told_with_the_reason_if_it_failed(
    stepfunctions: Any, machine_arn: str, roll_out: Callable[..., str]
) -> None:
    roll_out(3)
    name = roll_out(4, "fails")
    roll_out(5, "lasts")
    roll_out(6, endpoint=CANDIDATE)
    found = fruitless_last(stepfunctions, machine_arn, ENDPOINT)
    assert found is not None
    assert (found.name, found.status) == (name, "FAILED")
    assert found.document["Reason"].startswith("SmokeTestFailed: row 0")


def test_one_that_succeeded_since_is_the_end_of_it(
    stepfunctions: Any, machine_arn: str, roll_out: Callable[..., str]
) -> None:
    assert fruitless_last(stepfunctions, machine_arn, ENDPOINT) is None
    roll_out(4, "fails")
    roll_out(5)
    assert fruitless_last(stepfunctions, machine_arn, ENDPOINT) is None


def test_so_is_one_that_gave_way_to_what_was_approved_later(
    stepfunctions: Any, machine_arn: str, roll_out: Callable[..., str]
) -> None:
    """It has succeeded, by Step Functions, and yet its version does not serve."""
    newer = roll_out(3)
    roll_out(4, SupersededBy=newer)
    found = fruitless_last(stepfunctions, machine_arn, ENDPOINT)
    assert found is not None
    assert str(found).endswith(f"gave way to {newer}, which was asked for later")


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        ((), "begins"),
        ((7, 8), "waits for the rollout of version 7 under way since .*, the rollout of version 8"),
    ],
)
def test_a_rollout_that_is_asked_for_now_begins_or_waits_for_those_before_it(
    versions: tuple[int, ...], told: str
) -> None:
    started = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert re.match(told, turn([Rollout("p", it, "RUNNING", started) for it in versions]))


def test_a_failure_is_told_with_its_whole_cause() -> None:
    started, cause = datetime(2026, 11, 21, 9, tzinfo=UTC), f"s3://{'a' * 400}: the way out"
    failed = Rollout("a-v4-x", 4, "FAILED", started, started, f"ModelNotCreated:\n{cause}")
    told = "rollout of version 4 FAILED at 2026-11-21T09:00:00.000Z"
    assert str(failed) == f"{told}, ModelNotCreated: {cause}"
    assert str(replace(failed, status="ABORTED", reason="")) == told.replace("FAILED", "ABORTED")


def running(*versions: int) -> list[Rollout]:
    """Rollouts under way, of which each was asked for a second after the one before it."""
    return [
        Rollout(f"{ENDPOINT}-v{version}-20261121T09000{second}Z", version, "RUNNING", NINE)
        for second, version in enumerate(versions)
    ]


@pytest.mark.parametrize(
    ("version", "serving", "under_way"),
    [(4, 3, ()), (4, None, ()), (4, 3, (5,)), (3, 1, (3, 4)), (1, 1, (3, 4)), (1, 1, (3,))],
)
def test_what_will_not_serve_when_all_are_through_is_approved_again(
    version: int, serving: int | None, under_way: tuple[int, ...]
) -> None:
    now = f"{GROUP}/{serving}" if serving else None
    require_promotable(package(version), ENDPOINT, now, running(*under_way))


@pytest.mark.parametrize(
    ("version", "serving", "under_way", "why"),
    [
        (4, 4, (), f"{ENDPOINT} serves it"),
        (5, 4, (5,), "rollout of version 5 under way since"),
        (4, 4, (5, 4), "rollout of version 4 under way since"),
    ],
)
def test_what_serves_in_the_end_anyhow_is_not_approved_again(
    version: int, serving: int, under_way: tuple[int, ...], why: str
) -> None:
    with pytest.raises(NotRolledOut, match=f"{why}.*, so nothing is to be done"):
        require_promotable(package(version), ENDPOINT, f"{GROUP}/{serving}", running(*under_way))


def test_what_was_asked_for_last_stays_and_not_what_started_last() -> None:
    third, fourth = running(3, 4)
    with pytest.raises(NotRolledOut, match="rollout of version 4"):
        require_promotable(package(4), ENDPOINT, None, [fourth, third])
    require_promotable(package(3), ENDPOINT, None, [fourth, third])


def test_a_rollout_whose_approval_is_gone_is_not_what_stays() -> None:
    third, fourth = running(3, 4)
    rejected = replace(fourth, is_approved=False)
    assert str(rejected).endswith(" (no longer approved: changes nothing, or goes back)")
    with pytest.raises(NotRolledOut, match="rollout of version 3"):
        require_promotable(package(3), ENDPOINT, None, [third, rejected])


def test_a_rollout_is_approved_as_long_as_its_package_is(sagemaker: Any) -> None:
    versions = [int(create_package(sagemaker).rpartition("/")[2]) for _ in range(2)]
    for version, verdict in zip(versions, Verdict, strict=True):
        decide(sagemaker, find(sagemaker, FRAUD, str(version)), verdict, "as agreed")
    ended = replace(running(versions[1])[0], status="FAILED", ended=NINE)
    found = with_approvals(sagemaker, FRAUD, [ended, *running(*versions, 999)])
    assert [it.is_approved for it in found[1:]] == [True, False, False]
    assert found[0] == ended


def test_nothing_is_rolled_back_under_a_rollout() -> None:
    """What served before is not known until it is through."""
    require_at_rest([], ENDPOINT)
    with pytest.raises(NotRolledBack, match=r"nightly reject 5 --comment .* --to"):
        require_at_rest(running(5), ENDPOINT)


def test_all_that_are_under_way_are_named_and_each_is_taken_back_by_itself() -> None:
    third, fourth = running(3, 4)
    with pytest.raises(NotRolledBack) as refused:
        require_at_rest([third, fourth], ENDPOINT)
    told = str(refused.value)
    assert told.index(str(third)) < told.index(str(fourth)) < told.index("nightly reject 3")
    assert "nightly reject 4 --comment" in told
    with pytest.raises(NotRolledBack) as refused:
        require_at_rest([third, replace(fourth, is_approved=False)], ENDPOINT)
    assert "(no longer approved" in str(refused.value)
    assert "nightly reject 3" in str(refused.value)
    assert "nightly reject 4" not in str(refused.value)


def test_where_every_approval_is_gone_nothing_is_left_to_reject() -> None:
    (rejected,) = (replace(it, is_approved=False) for it in running(4))
    with pytest.raises(NotRolledBack, match=r"Ask again then.* --to") as refused:
        require_at_rest([rejected], ENDPOINT)
    assert "nightly reject" not in str(refused.value)
