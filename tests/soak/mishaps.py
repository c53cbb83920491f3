"""What may befall a night, drawn at random: the same seed draws the same."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from embedded_aws.sagemaker.jobs.failures import CAPACITY_ERROR, INTERNAL_SERVER_ERROR

Fault = Mapping[str, Any]
Effect = str | Mapping[str, Any]

OURS = "arn:*"
"""Callers with a role; the one who watches has none."""
SILENCE: Sequence[Effect] = ("lose_request", "lose_response", {"http_status": {"status": 503}})
KILLS: Sequence[Effect] = ({"kill_caller": {"when": "before"}}, {"kill_caller": {"when": "after"}})
JOB_ENDS: Sequence[Effect] = (
    {"fail_job": {"reason": CAPACITY_ERROR}},
    {"fail_job": {"reason": INTERNAL_SERVER_ERROR, "after_seconds": 20}},
    {"fail_job": {"reason": "AlgorithmError: division by zero, exit code: 1"}},
    {"fail_job": {"reason": "ClientError: no access"}},
    {"delay_job": {"seconds": 900}},
    {"delay_job": {"seconds": 100_000}},
    {"kill_job": {"after_seconds": 5}},
)
FUNCTION_ENDS: Sequence[Effect] = (
    "kill_function",
    {"kill_function": {"after_ms": 30}},
    "time_out_function",
)
CATALOGUE: Sequence[tuple[str, Sequence[str], Sequence[Effect]]] = (
    ("sagemaker", ("CreateProcessingJob", "CreateTrainingJob"), ("throttle", *SILENCE)),
    ("sagemaker", ("CreateProcessingJob", "CreateTrainingJob"), JOB_ENDS),
    ("sagemaker", ("CreateModelPackage",), ("throttle", *SILENCE)),
    (
        "sagemaker",
        ("CreateAction", "CreateArtifact", "AddAssociation", "UpdateAction"),
        ("throttle", *SILENCE, *KILLS),
    ),
    ("sagemaker", ("Describe*", "List*", "Stop*"), ("throttle", *SILENCE)),
    ("sagemaker", ("CreateModel", "CreateEndpoint*", "UpdateEndpoint"), ("throttle", *SILENCE)),
    ("s3", ("GetObject", "PutObject", "ListObject*"), ("throttle", *SILENCE, *KILLS)),
    ("lambda", ("Invoke",), ("throttle", *SILENCE)),
    ("lambda", ("Invoke",), FUNCTION_ENDS),
    ("stepfunctions", ("StartExecution", "DescribeExecution"), ("throttle", *SILENCE)),
)
ON_RUNS = (*JOB_ENDS, *FUNCTION_ENDS)


@dataclass(frozen=True)
class Plan:
    """A night, and what befalls it.

    Attributes:
        passes: Whether its model reaches the threshold.
        deliveries: How often it is started under its name.
        stopped_after_seconds: When somebody stops it, if it still runs then.
        redrives: How often it is redriven if it failed.
        faults_last: Whether its faults go on while it is redriven.
        is_rerun: Whether it is started again under another name in the end.
        verdict: What becomes of its package; empty if nobody decides.
        is_missed: Whether the schedule brings it not at all; a backfill does at the week's end.
    """

    passes: bool
    faults: tuple[Fault, ...]
    deliveries: int
    stopped_after_seconds: float | None
    redrives: int
    faults_last: bool
    is_rerun: bool
    verdict: str
    is_missed: bool


@dataclass(frozen=True)
class WeekPlan:
    """Seven nights, and what operators do when they are over.

    Attributes:
        backfills_failed: Whether nights that failed are started again beside those missed.
        is_rolled_back: Whether production is brought back to what served before.
    """

    nights: Sequence[Plan]
    backfills_failed: bool
    is_rolled_back: bool


def week(seed: int, number: int) -> WeekPlan:
    """A week as drawn."""
    draw = random.Random(f"{seed}:{number}")  # noqa: S311  # no secret
    nights = [_plan(draw) for _ in range(7)]
    return WeekPlan(nights, draw.random() < 0.5, draw.random() < 0.4)


def kind_of(name: str) -> str:
    """What a fault that was drawn does, by its name."""
    return name.rpartition(" ")[0]


def _plan(draw: random.Random) -> Plan:
    return Plan(
        passes=draw.random() < 0.75,
        faults=tuple(_fault(draw, number) for number in range(draw.choice((0, 1, 1, 2, 3, 5)))),
        deliveries=draw.choice((1, 1, 1, 2)),
        stopped_after_seconds=draw.uniform(0, 40) if draw.random() < 0.1 else None,
        redrives=draw.choice((0, 1, 1, 2)),
        faults_last=draw.random() < 0.3,
        is_rerun=draw.random() < 0.1,
        verdict=draw.choice(("", "", "Approved", "Approved", "Rejected")),
        is_missed=draw.random() < 0.08,
    )


def _fault(draw: random.Random, number: int) -> Fault:
    service, operations, effects = draw.choice(CATALOGUE)
    effect = draw.choice(effects)
    caller = {} if effect in ON_RUNS else {"caller": OURS}
    return {
        "name": f"{effect if isinstance(effect, str) else next(iter(effect))} {number}",
        "service": service,
        "operation": draw.choice(operations),
        "calls": _calls(draw),
        "effect": effect,
        **caller,
    }


def _calls(draw: random.Random) -> Mapping[str, Any]:
    chance = {"probability": draw.choice((0.1, 0.3, 0.6)), "seed": draw.randrange(1_000_000)}
    return draw.choice(
        (
            {"first": draw.choice((1, 1, 2, 3, 7))},
            {"numbers": sorted(draw.sample(range(1, 30), 3))},
            {"every": draw.choice((2, 3, 5))},
            {"chance": chance},
        )
    )
