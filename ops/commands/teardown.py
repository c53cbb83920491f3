"""The command that ends what a stack started, before the stack is deleted."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Annotated

import boto3
import typer

from lineage.rollouts.switch_log import SwitchLog
from ops.commands.options import STACK_NAME, StackName
from ops.commands.terminal import told
from ops.teardown import account
from ops.teardown.clients import Clients
from ops.teardown.estate import Estate
from ops.teardown.leftover import Leftover
from ops.teardown.teardown import survey, tear_down

group = typer.Typer()
_INTERRUPTED = 130


@group.command()
def teardown(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    every: Annotated[
        float, typer.Option(min=0.1, help="Seconds between looks at what is on its way out.")
    ] = 15,
    unrecorded: Annotated[
        bool,
        typer.Option("--unrecorded", help="Do not wait until every end is on record."),
    ] = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Stop nights and rollouts, and delete the endpoints; then `sam delete` leaves only records.

    The schedules are disabled, the nights, jobs and rollouts that run are stopped, and the
    endpoints, endpoint configurations and models that rollouts made are deleted. All of it is on
    record before this ends, except with --unrecorded. Records, packages and SageMaker's lineage
    graph stay.

    Interrupted, the same command goes on where it was.
    """
    with told():
        estate = Estate.find(boto3.client("cloudformation"), stack)
        clients = Clients(
            *(boto3.client(name) for name in ("stepfunctions", "sagemaker", "scheduler", "s3"))
        )
        _announce(clients, estate)
        if dry_run:
            return
        if not yes:
            _ask(stack)
        wait = partial(time.sleep, every)
        _carry_out(tear_down(clients, estate, wait, is_record_awaited=not unrecorded))
        for line in account.after(estate):
            typer.echo(line)


def _announce(clients: Clients, estate: Estate) -> None:
    found = survey(clients, estate)
    log = SwitchLog(clients.s3, estate.stack.bucket_name) if estate.stack else None
    for line in account.before(estate, found, log):
        typer.echo(line)


def _ask(stack: str) -> None:
    if typer.prompt("Type the stack's name to do this") != stack:
        typer.echo("That is not its name; nothing was changed.", err=True)
        raise typer.Exit(1)


def _carry_out(ending: Iterable[Leftover]) -> None:
    try:
        for each in ending:
            typer.echo(account.line(each))
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command goes on.", err=True)
        raise typer.Exit(_INTERRUPTED) from None
