"""``make soak``: random weeks with random faults on the whole application, its jobs replayed.

``python -m tests.soak --weeks 100 --seed 1`` prints a line a week, and exits with 1 if anything
does not hold. A week is drawn from the seed and its number alone: ``--first 17 --weeks 1`` lives
through the eighteenth of them again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
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
            begun = time.monotonic()
            weeks = []
            for number in range(given.first, given.first + given.weeks):
                weeks.append(live_through(nights, given.seed, number))
                _show(number, weeks[-1])
            seconds = time.monotonic() - begun
    return _sum_up(weeks, seconds)


def _show(number: int, week: Week) -> None:
    outcomes = ", ".join(f"{count} {name}" for name, count in week.outcomes.most_common())
    told = f"week {number}: {outcomes}; {week.fired} faults, {week.redriven} redrives"
    print("\n  ".join([told, *week.violations]), flush=True)


def _sum_up(weeks: list[Week], seconds: float) -> int:
    outcomes = sum((week.outcomes for week in weeks), Counter[str]())
    broken = sum(len(week.violations) for week in weeks)
    fired, redriven = (sum(getattr(it, name) for it in weeks) for name in ("fired", "redriven"))
    print(
        f"{outcomes.total()} executions, {outcomes['SUCCEEDED']} succeeded, {fired} faults,"
        f" {redriven} redrives, {seconds / outcomes.total():.2f} s an execution:"
        f" {broken} violations"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
