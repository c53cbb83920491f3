"""The commands that start nights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import boto3
import typer

from ops import start as starting
from ops.commands.options import STACK_NAME, StackName
from ops.commands.terminal import told
from ops.stack import Stack

group = typer.Typer()


@group.command()
def start(
    date: Annotated[str, typer.Option(help="The night's data date, YYYY-MM-DD.")],
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter, such as AucThreshold=0.9.")
    ] = None,
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
        given = starting.night_input(date, setting or [], input_)
        found = Stack.find(boto3.client("cloudformation"), stack)
        arn = starting.start(
            boto3.client("stepfunctions"), found.state_machine_alias_arn, given, name or date
        )
    typer.echo(arn)
