"""``make run``: fourteen nights, from ``sam deploy`` to ``explain``, on the embedded AWS."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from demo import delivery
from demo.deploy import DeployFailed, build, deploy
from demo.local_aws import ROOT, LocalAws, ServerDied, serving
from demo.settings import InvalidVariable, Settings, scheduled_time
from demo.transactions import write_partitions
from ops.stack import Stack

OUT = ROOT / "out"
STACK_NAME = "nightly-retrain"
CONSOLE = Console()


class NightsFailed(RuntimeError):
    """Not every night ran to a good end; the message names those that did not."""


def main() -> int:
    """Run the demonstration; exit with 1 and one message when it cannot go on."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="leave the embedded AWS running")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        settings = Settings.from_variables(os.environ)
        _demonstrate(settings, serve=arguments.serve)
    except (InvalidVariable, DeployFailed, ServerDied, NightsFailed) as problem:
        CONSOLE.print(f"[red]{type(problem).__name__}[/]: {problem}", highlight=False)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _demonstrate(settings: Settings, *, serve: bool) -> None:
    OUT.mkdir(exist_ok=True)
    with serving(settings.clock_start, settings.faults) as aws:
        os.environ.update(aws.variables)
        _deploy(aws, settings)
        _deliver(settings)
        _run_nights(aws, settings)
        if settings.faults:
            _report_faults(aws)
        _report(settings)
        if serve:
            _stay(aws)


def _deploy(aws: LocalAws, settings: Settings) -> None:
    log = OUT / "sam.log"
    log.unlink(missing_ok=True)
    parameters = {"CodeCommit": _commit()}
    if settings.auc_threshold:
        parameters["AucThreshold"] = settings.auc_threshold
    with _timed("sam build"):
        build(aws, log)
    with _timed("sam deploy"):
        deploy(aws, log, parameters)


def _deliver(settings: Settings) -> None:
    first, last = settings.first_partition, settings.data_dates[-1]
    with tempfile.TemporaryDirectory() as made, _progress("labelled transactions") as progress:
        folder = settings.transactions
        if folder is None:
            folder = Path(made)
            write_partitions(folder, first, last)
        files = delivery.partitions(folder, first, last)
        progress.update(progress.task_ids[0], total=len(files))
        s3 = boto3.client("s3")
        bucket = Stack.find(boto3.client("cloudformation"), STACK_NAME).bucket_name
        delivery.deliver(s3, bucket, files, lambda: progress.advance(progress.task_ids[0]))


def _run_nights(aws: LocalAws, settings: Settings) -> None:
    with _progress("nights") as progress:
        progress.update(progress.task_ids[0], total=settings.nights)
        for data_date in settings.data_dates:
            aws.advance_to(scheduled_time(data_date))
            progress.advance(progress.task_ids[0])


def _report(settings: Settings) -> None:
    nights = json.loads(_nightly("nights", "--last", "1000", "--json"))
    (OUT / "nights.json").write_text(json.dumps(nights, indent=2) + "\n")
    print()
    _show("nights.txt", _nightly("nights", "--last", str(len(nights))))
    _require_all(nights, settings)
    versions = [night["packageVersion"] for night in nights if night["packageVersion"]]
    if not versions:
        CONSOLE.print("No night reached the threshold, so there is no package to explain.")
        return
    newest = str(max(versions))
    (OUT / "explain.json").write_text(_nightly("explain", newest, "--json"))
    (OUT / "explain.html").write_text(_nightly("explain", newest, "--format", "html"))
    _show("explain.txt", _nightly("explain", newest))
    CONSOLE.print(f"Drawn in {OUT / 'explain.html'}.")


def _report_faults(aws: LocalAws) -> None:
    report = aws.fault_report()
    struck = Counter(firing["fault"] for firing in report["firings"])
    (OUT / "faults.json").write_text(json.dumps(report, indent=2) + "\n")
    print()
    for fault in report["faults"]:
        times = struck[fault["name"]]
        print(f"{times:>5} x  {fault['name']}" if times else f"  never  {fault['name']}")


def _require_all(nights: list[dict[str, Any]], settings: Settings) -> None:
    """See that every night ran, and that none failed unless somebody wanted it to."""
    failed = [night["dataDate"] for night in nights if night["status"] != "SUCCEEDED"]
    if len(nights) != settings.nights or (failed and not settings.faults):
        raise NightsFailed(
            f"{len(nights)} of {settings.nights} nights ran, {len(failed)} did not succeed:"
            f" {', '.join(failed) or 'none'}. The table says why; {OUT} has the rest."
        )
    if failed:
        CONSOLE.print(
            f"{len(failed)} nights failed under the faults, each for the reason that the table"
            " gives with what to do. To do it, start make serve in place of make run, then"
            f" ./nightly redrive or ./nightly rerun {failed[0]}.\n",
            highlight=False,
            soft_wrap=True,
        )


def _show(name: str, text: str) -> None:
    (OUT / name).write_text(text)
    print(text)


def _stay(aws: LocalAws) -> None:
    CONSOLE.print("\nThe embedded AWS is serving. In another shell:\n")
    for name, value in aws.variables.items():
        print(f"export {name}={value}")
    CONSOLE.print("\nCtrl-C ends it.")
    signal.pause()


def _nightly(*arguments: str) -> str:
    return _output(sys.executable, "-m", "ops", *arguments)


def _output(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603  # our own module, and git


def _commit() -> str:
    """What is deployed; ``unknown`` where there is no git history to ask."""
    try:
        return _output("git", "describe", "--always", "--dirty", "--abbrev=40").strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


@contextmanager
def _timed(what: str) -> Iterator[None]:
    started = time.monotonic()
    with CONSOLE.status(what):
        yield
    CONSOLE.print(f"{what:<24}{time.monotonic() - started:6.1f} s")


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=CONSOLE) as progress:
        progress.add_task(what, total=None)
        yield progress


if __name__ == "__main__":
    sys.exit(main())
