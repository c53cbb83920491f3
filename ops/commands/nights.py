"""The command that shows what the last nights did."""

from __future__ import annotations

from typing import Annotated

import boto3
import typer

from lineage.rollouts.switch_log import SwitchLog
from ops.commands.options import STACK_NAME, AsJson, StackName
from ops.commands.terminal import console, print_json, progress, told
from ops.endpoints import packages_serving
from ops.nights import last_nights
from ops.stack import Stack
from ops.table import as_json, as_table

group = typer.Typer()


@group.command()
def nights(
    last: Annotated[int, typer.Option(min=1, help="How many nights.")] = 14,
    *,
    json_: AsJson = False,
    stack: StackName = STACK_NAME,
) -> None:
    """Show the last nights, one row each: AUC, decision, package, each step's duration, retries."""
    with told(), progress() as bar:
        found = Stack.find(boto3.client("cloudformation"), stack)
        task = bar.add_task("reading histories", total=last)
        serving = packages_serving(SwitchLog(boto3.client("s3"), found.bucket_name), found)
        listed = last_nights(
            boto3.client("stepfunctions"),
            found.state_machine_arn,
            last,
            lambda: bar.advance(task),
        )
    if json_:
        print_json(as_json(listed, serving))
    else:
        console().print(as_table(listed, serving))
