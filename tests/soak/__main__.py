"""``make soak``: random weeks with random faults on the whole application, its jobs replayed.

``python -m tests.soak --weeks 100 --seed 1`` prints a line a week, and exits with 1 if anything
does not hold. A week is drawn from the seed and its number alone: ``--first 17 --weeks 1`` lives
through the eighteenth of them again.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from demo.deploy import build
from demo.local_aws import ROOT, LocalAws
from tests.soak.nights import deployed
from tests.soak.weeks import Week, live_through

BUILT = ROOT / ".aws-sam" / "local"


def main() -> int:
    """Live through the weeks; 1 if anything does not hold."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--weeks", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first week")
    given = parser.parse_args()
    print(f"seed {given.seed}, weeks {given.first} to {given.first + given.weeks - 1}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # A build asks nothing of AWS; the endpoint only says that it is for this machine.
        build(LocalAws("http://127.0.0.1"), Path(folder) / "sam.log")
        with deployed(BUILT, Path(folder) / "nights") as nights:
            weeks, before = [], _processor_seconds()
            for number in range(given.first, given.first + given.weeks):
                weeks.append(live_through(nights, given.seed, number))
                _show(number, weeks[-1])
    return _sum_up(weeks, _processor_seconds() - before)


def _show(number: int, week: Week) -> None:
    told = f"week {number}: {_counted(week.outcomes)}; faults: {_counted(week.fired)}"
    lines = [f"{told}; {_counted(week.deeds)}", *week.violations]
    print("\n  ".join(lines), flush=True)


def _processor_seconds() -> float:
    """Of this process, and of the functions, jobs and containers of it that have ended."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _sum_up(weeks: list[Week], seconds: float) -> int:
    outcomes, fired, deeds = (
        sum((getattr(week, name) for week in weeks), Counter[str]())
        for name in ("outcomes", "fired", "deeds")
    )
    broken = sum(len(week.violations) for week in weeks)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{7 * len(weeks)} nights, {outcomes.total()} executions: {_counted(outcomes)}\n"
        f"{fired.total()} faults: {_counted(fired)}\n"
        f"operators: {_counted(deeds)}\n"
        f"{seconds / outcomes.total():.2f} s of processors an execution, {peak_mb} MB at most\n"
        f"{broken} violations"
    )
    return 1 if broken else 0


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counter.most_common() if count) or "none"


if __name__ == "__main__":
    sys.exit(main())
