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
from ops.rollback import Rollback, plan
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

    def run(verdict: Verdict = Verdict.APPROVED) -> str:
        arn = create_package(sagemaker)
        decide(sagemaker, find(sagemaker, GROUP, arn), verdict, "as agreed")
        served = Served(arn, "d", "s3://fraud/r", Trigger.APPROVAL, None)
        at = START + timedelta(days=next(days))
        log.append(Switch(ENDPOINT, at, Cause.SWITCHED, "d", "c", served))
        return arn.rsplit("/", 1)[1]

    return run


@pytest.fixture
def plan_to(sagemaker: Any, log: SwitchLog) -> Callable[..., Rollback]:
    stack: Stack = stack_of(
        "none", model_package_group_name=GROUP, production_endpoint_name=ENDPOINT
    )
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


def test_a_package_that_was_rejected_since_does_not_serve_again(
    serve: Callable[..., str], plan_to: Callable[..., Rollback]
) -> None:
    rejected = serve(Verdict.REJECTED)
    serve()
    with pytest.raises(NotRolledBack, match=f"Rejected, .*nightly approve {rejected} --comment"):
        plan_to("")


@pytest.mark.parametrize("times", [0, 1])
def test_without_anything_before_a_version_is_asked_for(
    serve: Callable[..., str], plan_to: Callable[..., Rollback], times: int
) -> None:
    for _ in range(times):
        serve()
    with pytest.raises(NotRolledBack, match=f"Nothing served on {ENDPOINT} before.*--to"):
        plan_to("")
