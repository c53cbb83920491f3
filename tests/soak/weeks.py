"""Lives through random weeks, and looks after each at what they left behind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from botocore.exceptions import ClientError

from embedded_aws.faults.reading import read_faults
from tests.soak.invariants import violations
from tests.soak.mishaps import Plan, week
from tests.soak.nights import FIRST_DATE, Nights, scheduled

_RETENTION = {"RetentionNights": 30}


@dataclass
class Week:
    """What a week came to.

    Attributes:
        outcomes: How many executions ended with which status, or error.
        fired: How many faults struck.
        redriven: How many redrives there were.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    fired: int = 0
    redriven: int = 0
    violations: list[str] = field(default_factory=list)


def live_through(nights: Nights, seed: int, number: int) -> Week:
    """Run the nights of a week of its own dates, and check what it left."""
    found, arns = Week(), list[str]()
    first = FIRST_DATE + timedelta(days=7 * number)
    dates = [first + timedelta(days=day) for day in range(7)]
    fired_before = len(nights.aws.faults.firings)
    for data_date, plan in zip(dates, week(seed, number), strict=True):
        nights.deliver(data_date)
        nights.wait_until(scheduled(data_date))
        arns += _live(nights, data_date, plan, found)
    # Events that nobody could take are offered again for hours.
    nights.wait_until(scheduled(dates[-1]) + timedelta(hours=20))
    nights.invoke("PruneLineageFunction", _RETENTION)
    found.fired = len(nights.aws.faults.firings) - fired_before
    for arn in arns:
        described = nights.describe(arn)
        found.outcomes[described.get("error", described["status"])] += 1
    found.violations = violations(nights, arns, [scheduled(it) for it in dates])
    return found


def _live(nights: Nights, data_date: date, plan: Plan, found: Week) -> Sequence[str]:
    nights.aws.faults.add(*read_faults(json.dumps({"faults": plan.faults})))
    arn = _started(nights, data_date, plan)
    if plan.stopped_after_seconds is not None:
        nights.aws.clock.call_later(plan.stopped_after_seconds, lambda: _stop(nights, arn))
    nights.settle()
    if not plan.faults_last:
        nights.aws.faults.clear()
    for _ in range(plan.redrives):
        found.redriven += _redriven(nights, arn)
    nights.aws.faults.clear()
    if not plan.is_rerun:
        return [arn]
    again = nights.start(data_date, passes=plan.passes, suffix="-2")
    nights.settle()
    return [arn, again]


def _started(nights: Nights, data_date: date, plan: Plan) -> str:
    """Deliver the schedule's event as often as planned: the first one starts the night."""
    arns = {nights.start(data_date, passes=plan.passes) for _ in range(plan.deliveries)}
    (arn,) = arns
    return arn


def _stop(nights: Nights, arn: str) -> None:
    # A night that has ended is left alone.
    nights.client("stepfunctions").stop_execution(executionArn=arn, error="OperatorsWish")


def _redriven(nights: Nights, arn: str) -> bool:
    try:
        nights.client("stepfunctions").redrive_execution(executionArn=arn)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ExecutionNotRedrivable":
            raise
        return False
    nights.settle()
    return True
