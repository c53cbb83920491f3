"""Nights per second: the whole application on the embedded AWS, whose jobs take no time.

``python -m bench.engine_nights`` runs them one after another, and two and four at once.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench.processors import processor_seconds
from demo.deploy import build
from demo.local_aws import ROOT, LocalAws
from tests.soak.nights import FIRST_DATE, Nights, deployed, scheduled

AT_ONCE = (1, 2, 4)
_BUILT = ROOT / ".aws-sam" / "local"
_SUCCEEDED = "SUCCEEDED"
# Until no function needs another execution environment: how many nights of a batch call the same
# one at once is up to the machine.
_WARMING_ROUNDS = 3


class NightFailed(RuntimeError):
    """A night that was measured came to another end than it should."""


@dataclass(frozen=True)
class Batch:
    """What some nights cost that were started together.

    Attributes:
        nights: How many.
        seconds: From the start of the first to where nothing works any more.
        processor_seconds: Of the embedded AWS with all its functions and jobs.
    """

    nights: int
    seconds: float
    processor_seconds: float


def batches(at_once: Sequence[int], runs: int) -> list[Batch]:
    """So many batches of each size, after a few of each that warm everything up.

    Each night registers a package, whose rollout to the candidate endpoint and smoke test are part
    of it. Those of a batch start together, as a backfill starts them, oldest first.
    """
    with _application() as application:
        dates = (FIRST_DATE + timedelta(days=number) for number in range(10_000))
        sizes = [size for _ in range(_WARMING_ROUNDS + runs) for size in at_once]
        measured = [_run(application, [next(dates) for _ in range(size)]) for size in sizes]
    return measured[_WARMING_ROUNDS * len(at_once) :]


@contextmanager
def _application() -> Iterator[Nights]:
    with tempfile.TemporaryDirectory() as folder:
        # A build asks nothing of AWS; the endpoint only says that it is for this machine.
        build(LocalAws("http://127.0.0.1"), Path(folder) / "sam.log")
        with deployed(_BUILT, Path(folder) / "nights", job_seconds=0) as application:
            yield application


def _run(application: Nights, dates: Sequence[date]) -> Batch:
    for data_date in dates:
        application.deliver(data_date)
    application.wait_until(scheduled(dates[-1]))
    begun, processors = time.perf_counter(), processor_seconds()
    executions = [application.start(data_date) for data_date in dates]
    application.settle()
    batch = Batch(len(dates), time.perf_counter() - begun, processor_seconds() - processors)
    for execution_arn in executions:
        status = application.describe(execution_arn)["status"]
        if status != _SUCCEEDED:
            raise NightFailed(f"{execution_arn} is {status}: what it cost says nothing")
    return batch


def figures(measured: Sequence[Batch], at_once: int) -> list[float]:
    """The nights per second of each batch of a size."""
    return [it.nights / it.seconds for it in measured if it.nights == at_once]


def _line(measured: Sequence[Batch], at_once: int) -> str:
    nights = sorted(figures(measured, at_once))
    costs = [it.processor_seconds / at_once for it in measured if it.nights == at_once]
    found = nights[0], statistics.median(nights), nights[-1]
    cells = "".join(f"{it:10.2f}" for it in (*found, 1 / found[1], statistics.median(costs)))
    return f"{at_once:7}{cells}"


def main() -> None:
    """Print a line for each number of nights at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--at-once", type=int, nargs="+", default=AT_ONCE)
    arguments = parser.parse_args()
    measured = batches(arguments.at_once, arguments.runs)
    print("at once  nights/s: min    median       max  s/night  processor s/night")
    for at_once in arguments.at_once:
        print(_line(measured, at_once))


if __name__ == "__main__":
    main()
