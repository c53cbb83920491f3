"""The command that runs the nights of many data dates."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import boto3
import typer

from lineage.records.shelf import Shelf
from ops import table
from ops.backfill.plan import PlannedNight, Selection, data_dates, plan
from ops.backfill.pursuit import Pursuit
from ops.backfill.recorded import recorded
from ops.backfill.table import as_table, skipped
from ops.clients import StepFunctions
from ops.commands.options import STACK_NAME, Settings, StackName
from ops.commands.terminal import console, progress, told
from ops.executions import by_data_date
from ops.night import Night
from ops.stack import Stack
from ops.start import night_input

group = typer.Typer()
_INTERRUPTED = 130
_DAY = ["%Y-%m-%d"]
_INSTANT = ["%Y-%m-%dT%H:%M:%SZ", *_DAY]


@group.command()
def backfill(  # noqa: PLR0913  # one for each option
    first: Annotated[datetime, typer.Option("--from", formats=_DAY, help="The first data date.")],
    last: Annotated[datetime, typer.Option("--to", formats=_DAY, help="The last one.")],
    *,
    missing: Annotated[
        bool, typer.Option("--missing", help="Nights that never started; the default.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Nights that started and never succeeded.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Both, and nights whose last success is outdated.")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=_INSTANT,
            help="What began before is outdated, UTC; the machine's last deployment by default.",
        ),
    ] = None,
    setting: Settings = None,
    concurrency: Annotated[
        int, typer.Option(min=1, max=20, help="How many nights may run at once.")
    ] = 2,
    every: Annotated[
        float, typer.Option(min=0.1, help="Seconds between looks at the nights that run.")
    ] = 15,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and start nothing.")
    ] = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Run the nights of many data dates, oldest first, and show them; exit with 1 if one failed.

    Each night is trained only on labels known by then: its windows end with its own data date,
    and it reads no later partition. A night without data fails by name and stops no other.
    However old the dates: the candidate endpoint serves what is registered last.

    Interrupted, the nights that were started run on, and the same command goes on where it was:
    what runs is awaited, what succeeded is not started again.
    """
    with told():
        dates = tuple(data_dates(first.date(), last.date()))
        settings = setting or []
        night_input(dates[0], settings)
        found = Stack.find(boto3.client("cloudformation"), stack)
        stepfunctions = boto3.client("stepfunctions")
        outdated_before = None
        if all_:
            outdated_before = (
                since.replace(tzinfo=UTC) if since else found.deployed_at(stepfunctions)
            )
        selection = Selection.of(missing=missing, failed=failed, outdated_before=outdated_before)
        planned = _planned(stepfunctions, found, dates, selection)
        if dry_run:
            console().print(as_table(planned))
            return
        pursuit = Pursuit(stepfunctions, found, settings, concurrency, lambda: time.sleep(every))
        _show(planned, _pursue(pursuit, planned))


def _planned(
    stepfunctions: StepFunctions, stack: Stack, dates: Sequence[str], selection: Selection
) -> Sequence[PlannedNight]:
    runs = by_data_date(stepfunctions, stack.state_machine_arn)
    shelf = Shelf(boto3.client("s3"), stack.bucket_name)
    forgotten = recorded(shelf, [date for date in dates if date not in runs])
    return plan(dates, runs, forgotten, selection)


def _pursue(pursuit: Pursuit, planned: Sequence[PlannedNight]) -> list[Night]:
    """Run the plan under a bar; Ctrl-C leaves the nights running and says how to go on."""
    ended: list[Night] = []
    with progress() as bar:
        task = bar.add_task("nights", total=sum(each.action.takes_time for each in planned))
        try:
            for night in pursuit.run(planned, lambda name: bar.console.print(f"{name} started")):
                ended.append(night)
                bar.console.print(f"{night.name} {night.status} {night.error}".rstrip())
                bar.advance(task)
        except KeyboardInterrupt:
            bar.console.print("interrupted; started nights run on. The same command goes on.")
            raise typer.Exit(_INTERRUPTED) from None
    return ended


def _show(planned: Sequence[PlannedNight], ended: Sequence[Night]) -> None:
    if ended:
        ordered = sorted(ended, key=lambda night: night.data_date)
        console().print(table.as_table(ordered))
    typer.echo(f"{len(ended)} nights ran; left alone: {skipped(planned) or 'none'}", err=True)
    if any(night.status != "SUCCEEDED" for night in ended):
        raise typer.Exit(1)
