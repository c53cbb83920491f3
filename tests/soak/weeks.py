"""Lives through random weeks, and looks after each at what they left behind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from botocore.exceptions import ClientError

from embedded_aws.faults.reading import read_faults
from tests.soak import dead_letters
from tests.soak.invariants import violations
from tests.soak.mishaps import Plan, WeekPlan, kind_of, week
from tests.soak.nights import FIRST_DATE, Nights, scheduled
from tests.soak.operators import Operators

_RETENTION = {"RetentionNights": 30}


@dataclass
class Week:
    """What a week came to.

    Attributes:
        outcomes: How many executions ended with which status, or error.
        fired: How often which kind of fault struck.
        deeds: How often operators did what.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def live_through(nights: Nights, seed: int, number: int) -> Week:
    """Run the nights of a week of its own dates, and check what it left."""
    found, arns, planned = Week(), list[str](), week(seed, number)
    operators = Operators(nights)
    first = FIRST_DATE + timedelta(days=7 * number)
    dates = [first + timedelta(days=day) for day in range(7)]
    fired_before = len(nights.aws.faults.firings)
    for data_date, plan in zip(dates, planned.nights, strict=True):
        nights.deliver(data_date)
        nights.wait_until(scheduled(data_date))
        if not plan.is_missed:
            arns += live(nights, operators, data_date, plan, found)
    arns += _tidy_up(nights, operators, dates, planned, found)
    fired = nights.aws.faults.firings[fired_before:]
    found.fired = Counter(kind_of(firing.fault) for firing in fired)
    for arn in arns:
        described = nights.describe(arn)
        found.outcomes[described.get("error", described["status"])] += 1
    found.violations += violations(nights, arns, dates)
    return found


def _tidy_up(
    nights: Nights, operators: Operators, dates: Sequence[date], planned: WeekPlan, found: Week
) -> Sequence[str]:
    """What happens when the nights are over; the executions that it takes."""
    # Events that nobody could take are offered again for hours.
    nights.wait_until(scheduled(dates[-1]) + timedelta(hours=20))
    _take_up_again(nights, found)
    started = operators.backfill(dates[0], dates[-1], failed=planned.backfills_failed)
    found.deeds["backfilled"] += len(started)
    if planned.is_rolled_back:
        found.deeds["rolled back"] += operators.roll_back(f"week of {dates[0]}")
    pruned = nights.invoke("PruneLineageFunction", _RETENTION)
    found.deeds["pruned"] += len(pruned.get("Pruned", ()))
    if pruned.get("Refused") or "errorType" in pruned:
        found.violations.append(f"pruning: {pruned}")
    return started


def _take_up_again(nights: Nights, found: Week) -> None:
    """Answer the dead-letter alarm."""
    for letter in dead_letters.take(nights):
        found.deeds["sent again"] += 1
        answer = dead_letters.send_again(nights, letter)
        if "errorType" in answer:
            found.violations.append(f"{letter.function_arn} refuses a dead letter: {answer}")
    nights.settle()


def live(
    nights: Nights, operators: Operators, data_date: date, plan: Plan, found: Week
) -> Sequence[str]:
    """Run a night as planned; the ARNs of its executions."""
    nights.aws.faults.add(*read_faults(json.dumps({"faults": plan.faults})))
    arn = _started(nights, data_date, plan)
    if plan.stopped_after_seconds is not None:
        found.deeds["stopped"] += 1
        nights.aws.clock.call_later(plan.stopped_after_seconds, lambda: _stop(nights, arn))
    nights.settle()
    if not plan.faults_last:
        nights.aws.faults.clear()
    for _ in range(plan.redrives):
        found.deeds["redriven"] += _redriven(nights, arn)
    package_arn = json.loads(nights.describe(arn).get("output", "{}")).get("PackageArn")
    if package_arn and plan.verdict:
        found.deeds[plan.verdict.lower()] += operators.decide(package_arn, plan.verdict)
    nights.aws.faults.clear()
    if not plan.is_rerun:
        return [arn]
    found.deeds["rerun"] += 1
    again = nights.start(data_date, passes=plan.passes, suffix="-2")
    nights.settle()
    return [arn, again]


def _started(nights: Nights, data_date: date, plan: Plan) -> str:
    """Deliver the schedule's event as often as planned: the first one starts the night."""
    arn = nights.start(data_date, passes=plan.passes)
    for _ in range(plan.deliveries - 1):
        # Of a night that has ended meanwhile, Step Functions knows the name.
        with suppress(nights.client("stepfunctions").exceptions.ExecutionAlreadyExists):
            assert nights.start(data_date, passes=plan.passes) == arn
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
