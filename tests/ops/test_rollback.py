"""Which package a rollback takes production to, and which it refuses to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Served, Switch
from lineage.vocabulary import Cause, Trigger
from ops.errors import NotDecidable, NotRolledBack
from ops.registry import Verdict, decide, find
from ops.rollback import Rollback, plan, way_out
from ops.rollouts import Rollout
from ops.stack import Stack
from tests.lineage.buckets import VersionedBucket
from tests.ops.machines import stack_of
from tests.ops.packages import GROUP, create_package

ENDPOINT = "fraud-production"
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def log() -> SwitchLog:
    return SwitchLog(VersionedBucket(), "fraud")


@pytest.fixture
def serve(sagemaker: Any, log: SwitchLog) -> Callable[..., str]:
    """Approve a new package, and let it serve; its version."""
    days = count()

    def run(
        verdict: Verdict = Verdict.APPROVED,
        again: str = "",
        trigger: Trigger = Trigger.APPROVAL,
    ) -> str:
        arn = find(sagemaker, GROUP, again).arn if again else create_package(sagemaker)
        if not again:
            decide(sagemaker, find(sagemaker, GROUP, arn), verdict, "as agreed")
        served = Served(arn, "d", "s3://fraud/r", trigger, None)
        at = START + timedelta(days=next(days))
        log.append(Switch(ENDPOINT, at, Cause.SWITCHED, "d", "c", served))
        return arn.rsplit("/", 1)[1]

    return run


@pytest.fixture
def stack() -> Stack:
    return stack_of("none", model_package_group_name=GROUP, production_endpoint_name=ENDPOINT)


@pytest.fixture
def plan_to(sagemaker: Any, log: SwitchLog, stack: Stack) -> Callable[..., Rollback]:
    return partial(plan, sagemaker, log, stack)


def test_it_goes_to_what_served_before(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    first, second = serve(), serve()
    way = plan_to("")
    assert way.present is not None
    assert (str(way.target.version), str(way.present.version)) == (first, second)
    assert way.promotion("").comment == f"rollback from version {second}"
    assert way.promotion("late").comment == f"rollback from version {second}: late"


def test_a_comment_that_the_registry_would_refuse_is_refused(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    serve(), serve()
    with pytest.raises(NotDecidable, match="one line"):
        plan_to("").promotion("two\nlines")


def test_it_goes_to_the_version_that_is_named(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    first, _, _ = serve(), serve(), serve()
    assert str(plan_to(first).target.version) == first


def test_what_serves_already_is_no_way_back(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    serve()
    version = serve()
    with pytest.raises(NotRolledBack, match=f"{ENDPOINT} serves version {version} already"):
        plan_to(version)


def test_what_serves_still_is_a_way_back_from_what_takes_over(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    version = serve()
    way = plan_to(version, is_changing=True)
    assert (str(way.target.version), way.present) == (version, None)


def test_what_is_left_is_told_though_it_is_no_package(
    serve: Callable[..., str], plan_to: Callable[..., Rollback], log: SwitchLog
) -> None:
    version = serve()
    assert plan_to(version, is_changing=True).origin == "what is on its way"
    day = timedelta(days=1)
    log.append(Switch(ENDPOINT, START + day, Cause.FOUND, "d", "by-hand", None))
    assert plan_to(version).origin == "what no rollout on record brought"
    log.append(Switch(ENDPOINT, START + 2 * day, Cause.FOUND, "d", None, None))
    assert plan_to("").origin == "nothing, for nothing serves"


def test_a_package_that_was_rejected_since_does_not_serve_again(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    rejected = serve(Verdict.REJECTED)
    serve()
    with pytest.raises(NotRolledBack, match=f"Rejected, .*nightly approve {rejected} --comment"):
        plan_to("")


def test_before_anything_served_an_approval_is_the_way(plan_to: Callable[..., Rollback]) -> None:
    with pytest.raises(NotRolledBack, match=f"on {ENDPOINT} yet.*nightly approve VERSION"):
        plan_to("")


def test_what_served_alone_has_nowhere_to_go_back_to(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    serve()
    with pytest.raises(NotRolledBack, match=f"No other package has served on {ENDPOINT}.*--to"):
        plan_to("")


def test_what_was_taken_back_is_named_as_what_can_be_gone_to(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    first, second, third = serve(), serve(), serve()
    serve(again=first, trigger=Trigger.ROLLBACK)
    said = r" \(rolled back from at 2026-11-04T00:00:00\.000Z\)"
    taken_back = f"since: version {third}{said}, version {second}{said}. .*--to VERSION"
    with pytest.raises(NotRolledBack, match=taken_back):
        plan_to("")
    assert str(plan_to(second).target.version) == second


def test_two_versions_are_not_gone_back_to_in_turn(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    first, second = serve(), serve()
    serve(again=first)
    serve(again=second, trigger=Trigger.ROLLBACK)
    with pytest.raises(NotRolledBack, match=rf"since: version {first} \(rolled back from at"):
        plan_to("")


def test_who_rejects_what_serves_is_told_a_way_that_works(
    sagemaker: Any,
    serve: Callable[..., str],
    log: SwitchLog,
    stack: Stack,
    plan_to: Callable[..., Rollback],
) -> None:
    asked = sagemaker, log, stack
    first = serve()
    assert "finds no way back by itself: No other package" in way_out(*asked, [])
    second = serve()
    advice = way_out(*asked, [])
    decide(sagemaker, find(sagemaker, GROUP, second), Verdict.REJECTED, "drifts")
    assert advice.startswith(f"`nightly rollback` takes it back to version {first}.")
    assert str(plan_to("").target.version) == first
    running = [Rollout(f"p-v{it}-x", it, "RUNNING", START) for it in (8, 9)]
    told = f"{running[0]}, {running[1]}: what comes through last takes over. To any approved"
    assert way_out(*asked, running).startswith(told)
