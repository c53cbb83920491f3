"""The commands that run single nights: start, rerun, redrive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import boto3
import typer

from ops import start as starting
from ops.commands.options import STACK_NAME, Settings, StackName
from ops.commands.terminal import told
from ops.redrive import redrive as redrive_night
from ops.rerun import rerun as rerun_night
from ops.stack import Stack

group = typer.Typer()
Night = Annotated[
    str, typer.Argument(help="An execution's name: its data date, with a suffix if it has one.")
]


@group.command()
def start(
    date: Annotated[str, typer.Option(help="The night's data date, YYYY-MM-DD.")],
    setting: Settings = None,
    input_: Annotated[
        Path | None, typer.Option("--input", help="A JSON file with parameters.", exists=True)
    ] = None,
    name: Annotated[
        str, typer.Option(help="The execution's name; its data date unless given.")
    ] = "",
    *,
    stack: StackName = STACK_NAME,
) -> None:
    """Start a night by hand; one of a date that was run before needs a name of its own."""
    with told():
        base = starting.from_file(input_) if input_ else None
        given = starting.night_input(date, setting or [], base)
        found = Stack.find(boto3.client("cloudformation"), stack)
        arn = starting.start(
            boto3.client("stepfunctions"), found.state_machine_alias_arn, given, name or date
        )
    typer.echo(arn)


@group.command()
def rerun(night: Night, setting: Settings = None, *, stack: StackName = STACK_NAME) -> None:
    """Run a night once more, from the start: same input, the code and data of now, a new name.

    The name is the data date with the next suffix that is free: 2026-11-21-2. However old the date:
    if the night registers a model, the candidate endpoint serves that one.
    """
    with told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        arn = rerun_night(boto3.client("stepfunctions"), found, night, setting or [])
    typer.echo(arn)
    candidate = found.candidate_endpoint_name
    typer.echo(f"If it registers a model, {candidate} serves that one instead.", err=True)


@group.command()
def redrive(
    night: Night,
    *,
    old_definition: Annotated[
        bool,
        typer.Option(
            "--old-definition",
            help="Even though another definition of the machine was deployed since.",
        ),
    ] = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Let a failed night go on from where it failed, with the definition that it started with.

    Within 14 days of its end; what succeeded is not done again.
    """
    with told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        arn = redrive_night(
            boto3.client("stepfunctions"),
            found.state_machine_arn,
            night,
            old_definition=old_definition,
        )
    typer.echo(arn)
