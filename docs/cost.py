"""Adds up what a night costs: counted figures times public prices, beside other orchestrators."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from docs.prices import PRICES, Price
from tests.template.project import project

_ROOT = Path(__file__).parents[1]
_GOLDEN = _ROOT / "tests" / "machine" / "golden"
_NIGHTS_A_MONTH = 30
_HOURS_A_MONTH = 730
_STATES_OF_FUNCTIONS = ("prep", "rec-f", "rec-t", "auc", "rec-e", "rec-r", "deploy")
# A function of 512 MB has this part of the vCPU that it had here (Lambda, "Memory").
_WHOLE_VCPU_MB, _FUNCTION_MB = 1_769, 512
_LEAST_SHOWN = 0.00001
_JOB_STATES = ("Featurise", "TrainXGB", "Evaluate")
JOBS = len(_JOB_STATES)
ASSUMED_MINUTES_OF_A_JOB = 5
"""Most of it is SageMaker's own: instance, image, download. What our code takes is seconds."""
ENDPOINT_SECONDS = 2


@dataclass(frozen=True)
class Counted:
    """What one night with its rollout calls at most, as a test counts it on a whole night."""

    rollout_transitions: int = 45
    functions: int = 16
    s3_reads: int = 220
    s3_writes_and_lists: int = 90
    log_mb: float = 0.3
    stored_mb: float = 12.0


@dataclass(frozen=True)
class Line:
    """One line of the bill of a night."""

    what: str
    count: str
    price: Price
    dollars: float


def transitions(history: Iterable[str]) -> int:
    """State transitions of a history: each state entered, each retry, and the end.

    The pricing page of Step Functions: one "each time a step of your workflow is executed",
    retries included. A retry is a task scheduled anew without its state being entered anew.
    """
    events = [event.split(" ")[0] for event in history]
    entered = sum(event.endswith("StateEntered") for event in events)
    retried = sum(
        one in {"TaskFailed", "TaskTimedOut", "ExecutionRedriven"} and other == "TaskScheduled"
        for one, other in pairwise(events)
    )
    return entered + retried + 1


def golden_transitions() -> dict[str, int]:
    """Of the nights whose whole way a test holds, by the name of the history."""
    return {
        path.stem: transitions(json.loads(path.read_text()))
        for path in sorted(_GOLDEN.glob("*.json"))
    }


def transitions_table() -> str:
    """A Markdown table of the transitions of known nights."""
    price = PRICES["transition"].dollars
    rows = (
        f"| {name.replace('-', ' ')} | {count} | {_money(count * price)} |"
        for name, count in golden_transitions().items()
    )
    return "\n".join(["| a night that was | transitions | |", "|---|---|---|", *rows])


def bill_table(counted: Counted = Counted()) -> str:
    """A Markdown table of one night, line by line, and its sum."""
    lines = list(bill(counted))
    rows = (f"| {it.what} | {it.count} | {it.price.shown} | {_money(it.dollars)} |" for it in lines)
    total = f"| **a night** | | | **{_money(sum(it.dollars for it in lines))}** |"
    return "\n".join(["| | counted | price | |", "|---|---|---|---|", *rows, total])


def bill(counted: Counted = Counted()) -> Iterator[Line]:
    """What a night costs that registers a model and rolls it out to the candidate endpoint."""
    night = golden_transitions()["registered"] + counted.rollout_transitions
    yield _line("state transitions, night and rollout", night, "transition")
    seconds = _seconds_of_an_invocation() * counted.functions
    gigabyte_seconds = seconds * (_WHOLE_VCPU_MB / _FUNCTION_MB) * (_FUNCTION_MB / 1024)
    yield _line("functions, GB-seconds", round(gigabyte_seconds, 1), "gigabyte-second")
    yield _line("functions, invocations", counted.functions, "invocation")
    yield _line("S3, reads", counted.s3_reads, "s3-read")
    yield _line("S3, writes and lists", counted.s3_writes_and_lists, "s3-write")
    yield _line("S3, MB that a night adds, for a year", counted.stored_mb, "s3-mb-year")
    yield _line("logs, MB", counted.log_mb, "log-mb")
    alarms = len(project().of_type("AWS::CloudWatch::Alarm"))
    yield _line("alarms, for a night and a day", alarms, "alarm-night")
    yield _line("metrics, for an hour", len(set(_metrics())), "metric-hour")
    minutes = JOBS * ASSUMED_MINUTES_OF_A_JOB
    yield _line(f"{JOBS} jobs on ml.m5.xlarge, minutes", minutes, "job-minute")
    yield _line("candidate endpoint, serverless, seconds", ENDPOINT_SECONDS, "endpoint-second")


def others_table() -> str:
    """A Markdown table of what orchestrating a month costs here and elsewhere, jobs left out."""
    lines = [it for it in bill() if "jobs" not in it.what and "endpoint" not in it.what]
    orchestrating = [it for it in lines if it.what.startswith(("state", "functions"))]
    task_hours = JOBS * ASSUMED_MINUTES_OF_A_JOB / 60 * _NIGHTS_A_MONTH
    rows = (
        ("this system", "transitions and functions of thirty nights", _month(orchestrating)),
        ("the same", "with its records, logs, metrics and alarms", _month(lines)),
        ("SageMaker Pipelines", PRICES["pipelines"].shown, 0.0),
        (
            "MWAA Serverless",
            f"{task_hours:.1f} task-hours, while tasks wait for the jobs",
            task_hours * PRICES["mwaa-serverless"].dollars,
        ),
        *(
            (
                f"MWAA, {size}",
                f"{_HOURS_A_MONTH} hours: an environment does not stop",
                _HOURS_A_MONTH * PRICES[f"mwaa-{size}"].dollars,
            )
            for size in ("micro", "small")
        ),
    )
    listed = (f"| {name} | {how} | {_money(dollars)} |" for name, how, dollars in rows)
    return "\n".join(["| a month of nights | | |", "|---|---|---|", *listed])


def _month(lines: Iterable[Line]) -> float:
    return sum(it.dollars for it in lines) * _NIGHTS_A_MONTH


def prices_table() -> str:
    """A Markdown table of the prices, and where each was read."""
    rows = (
        f"| {it.what} | {it.shown} | [{it.source.removeprefix('https://').split('/')[0]}]({it.source})"
        f" | {it.known} |"
        for it in PRICES.values()
    )
    return "\n".join(["| | us-east-1 | published at | known from |", "|---|---|---|---|", *rows])


def _metrics() -> Iterator[tuple[str, str]]:
    """The metrics that functions send, by their one dimension: the function, or a job's state."""
    for path in (_ROOT / "lambdas").rglob("*.py"):
        dimensions = _JOB_STATES if path.stem == "job_metrics" else (path.stem,)
        for name in re.findall(r'add_metric\(\s*(?:name=)?"(\w+)"', path.read_text()):
            yield from ((dimension, name) for dimension in dimensions)


def _line(what: str, count: float, price: str) -> Line:
    return Line(what, f"{count:,}", PRICES[price], count * PRICES[price].dollars)


def _seconds_of_an_invocation() -> float:
    """The longest of each state of a function in the nights that the README shows, on average."""
    readme = (_ROOT / "README.md").read_text()
    shown = readme.split("<!-- generated: nights -->")[1].split("<!-- end -->")[0]
    head, *rows = (line for line in shown.splitlines() if re.match(r"data date|\d{4}-", line))
    ends = {found[0]: found.end() for found in re.finditer(r"\S+(?: \S+)*", head)}
    begins = dict(zip(ends, (0, *ends.values()), strict=False))
    longest = [
        max(float(told) for row in rows if (told := row[begins[name] : ends[name]].strip()))
        for name in _STATES_OF_FUNCTIONS
    ]
    return sum(longest) / len(longest)


def _money(dollars: float) -> str:
    if dollars >= 1 or dollars == 0:
        return f"${dollars:.2f}"
    return f"${dollars:.5f}" if dollars >= _LEAST_SHOWN else f"under ${_LEAST_SHOWN:.5f}"
