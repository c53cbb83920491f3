"""``make smoke``: deploys, runs nights, settles the doubts of docs/fidelity.md, and cleans up."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from demo.deploy import DeployFailed
from demo.local_aws import ROOT, serving
from ops.errors import OperatorError
from smoke import hosting_checks, job_checks, lineage_checks
from smoke.finding import Checks, Seen
from smoke.place import Account, Embedded, NeverHappened, Place
from smoke.run import NotRegistered
from smoke.site import Site
from smoke.story import Story

STACK_NAME = "nightly-smoke"
PRICE = (
    "It takes about an hour and, at list prices of us-east-1, less than one dollar: seven jobs of"
    " some minutes on one ml.m5.xlarge each (USD 0.23 an hour), two serverless endpoints, a bucket"
    " of some megabytes. What stays: entities of four nights in SageMaker's lineage graph, jobs,"
    " and their logs; and what sam deploy makes once in an account, aws-sam-cli-managed-default."
)
GROUPS = (job_checks.CHECKS, lineage_checks.CHECKS, hosting_checks.CHECKS)
ENDINGS = (DeployFailed, NeverHappened, NotRegistered, OperatorError, ClientError, BotoCoreError)
"""What ends it before all doubts are judged; each message says what AWS said."""
Told = Callable[[str], None]


def main() -> int:
    """Run it where the variables say; exit with 1 unless AWS is as assumed, 2 if it was not run."""
    parser = argparse.ArgumentParser(prog="make smoke", description=__doc__)
    parser.add_argument("--embedded", action="store_true", help="on an embedded AWS of its own")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, _place(embedded=arguments.embedded) as place:
        name = os.environ.get("SMOKE_STACK") or STACK_NAME
        site = Site(place, name, ROOT, Path(scratch) / "sam.log")
        if not arguments.embedded and not _is_wanted(site):
            return 2
        try:
            site.build()
            differing = smoke(site, _told)
        except ENDINGS as problem:
            for each in in_turn(problem):
                _told(f"{type(each).__name__}: {each}")
            return 1
    return 1 if differing else 0


def smoke(site: Site, told: Told) -> list[str]:
    """Deploy a site, live and judge its nights, and remove it; the names of doubts that differ.

    Whatever happens, what was deployed is torn down and removed.

    Raises:
        DeployFailed: before anything could be judged, or at the removal.
        NotRegistered: the night registered no model; by its own error and cause, or the gate's.
        NeverHappened: something did not begin, or did not end.
    """
    if site.is_deployed():
        raise DeployFailed(
            f"There is a stack {site.stack_name} already. If it is of an earlier smoke test,"
            f" nightly teardown --stack {site.stack_name}, then sam delete; else name another"
            " by SMOKE_STACK."
        )
    try:
        told(f"sam deploy of {site.stack_name}")
        site.deploy()
        site.deliver(site.place.now().date())
        story = Story(site, told)
        evidence = story.tell()
        differing = [name for group in GROUPS for name in _judged(group, evidence, told)]
        differing += _judged(hosting_checks.AFTERWARDS, story.end(), told)
    finally:
        for line in site.remove():
            told(f"  {line}")
    told(f"{len(differing)} differ: {', '.join(differing)}" if differing else "AWS is as assumed")
    return differing


def _judged(checks: Checks[Seen], seen: Seen, told: Told) -> Iterator[str]:
    for name in checks.by_name:
        finding = checks.judge(name, seen)
        told(f"{'ok' if finding.holds else 'differs':<8}{name:<22}{finding.saw}")
        if not finding.holds:
            yield name


@contextmanager
def _place(*, embedded: bool) -> Iterator[Place]:
    if not embedded:
        yield Account()
        return
    with serving(datetime.now(UTC)) as aws:
        yield Embedded(aws)


def _is_wanted(site: Site) -> bool:
    account = site.client("sts").get_caller_identity()["Account"]
    region = site.client("sts").meta.region_name
    _told(f"The stack {site.stack_name} will be deployed to account {account}, {region}. {PRICE}")
    if os.environ.get("SMOKE_YES") == "1":
        return True
    return sys.stdin.isatty() and input("Type yes to spend that: ") == "yes"


def in_turn(problem: BaseException | None) -> Iterator[BaseException]:
    """What went wrong first, then what went wrong while that was cleaned up."""
    if problem:
        yield from in_turn(problem.__context__)
        if isinstance(problem, ENDINGS):
            yield problem


def _told(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
