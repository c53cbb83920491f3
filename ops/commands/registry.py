"""The commands that decide what goes to production."""

from __future__ import annotations

from typing import Annotated

import boto3
import typer

from lineage.rollouts.switch_log import SwitchLog
from ops.commands.options import STACK_NAME, Package, StackName
from ops.commands.terminal import told
from ops.endpoints import packages_serving
from ops.registry import Verdict, consequence, decide, find, require_decidable
from ops.stack import Stack

group = typer.Typer()
Comment = Annotated[str, typer.Option(help="Why; the registry and the lineage keep it.")]


@group.command()
def approve(package: Package, comment: Comment, *, stack: StackName = STACK_NAME) -> None:
    """Approve a model package: that starts its rollout to production."""
    _decide(stack, package, Verdict.APPROVED, comment)


@group.command()
def reject(package: Package, comment: Comment, *, stack: StackName = STACK_NAME) -> None:
    """Reject a model package: it is not rolled out; what serves already goes on serving."""
    _decide(stack, package, Verdict.REJECTED, comment)


def _decide(stack: str, version: str, verdict: Verdict, comment: str) -> None:
    with told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        sagemaker = boto3.client("sagemaker")
        package = find(sagemaker, found.model_package_group_name, version)
        require_decidable(package, verdict, comment)
        log = SwitchLog(boto3.client("s3"), found.bucket_name)
        serving = packages_serving(log, found).get("production")
        typer.echo(package)
        typer.echo(consequence(verdict, package, found.production_endpoint_name, serving))
        decide(sagemaker, package, verdict, comment)
    typer.echo(f"{verdict.lower()}: version {package.version}")
