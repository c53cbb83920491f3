"""The commands about what serves: look at it, and bring production back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import boto3
import typer

from lineage.rendering import difference
from lineage.rollouts.switch_log import SwitchLog
from ops.commands.asking import answer_of, require_readable
from ops.commands.options import STACK_NAME, AsJson, StackName
from ops.commands.terminal import print_json, told
from ops.promotion import outlook, promote
from ops.rollback import plan, require_at_rest
from ops.rollouts import turn, under_way, with_approvals
from ops.serving import Serving, as_text, look
from ops.stack import Stack

group = typer.Typer()


@group.command()
def production(*, json_: AsJson = False, stack: StackName = STACK_NAME) -> None:
    """Show what serves in production and as the candidate, since when, and how they differ.

    By the record, and beside it by SageMaker; with the rollouts that are under way, the last one if
    it failed or gave way to another, and whether the package was rejected since.
    """
    with told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        log = SwitchLog(boto3.client("s3"), found.bucket_name)
        asked = boto3.client("sagemaker"), boto3.client("stepfunctions")
        serving = look(*asked, log, found)
        differing = _difference(found, serving)
        if differing and not json_:
            require_readable(differing, "diff")
    if json_:
        endpoints = [each.document for each in serving]
        print_json({"Endpoints": endpoints, "Difference": differing})
        return
    typer.echo(as_text(serving))
    if differing:
        typer.echo(f"\n{difference.as_text(differing)}", nl=False)


@group.command()
def rollback(
    to: Annotated[
        str, typer.Option(help="A version or ARN; what served before unless given.")
    ] = "",
    comment: Annotated[str, typer.Option(help="Why; the registry and the lineage keep it.")] = "",
    *,
    stack: StackName = STACK_NAME,
) -> None:
    """Bring production back to the package that served before; that is a rollout like any other.

    What did not last, or was rolled back from since, is passed over. The package that is left
    stays approved: reject it if it shall not come back. While a rollout is under way, reject its
    package instead: that takes it back once all traffic has moved.
    """
    with told():
        found = Stack.find(boto3.client("cloudformation"), stack)
        sagemaker = boto3.client("sagemaker")
        log = SwitchLog(boto3.client("s3"), found.bucket_name)
        endpoint_name = found.production_endpoint_name
        machine_arn = found.rollout_state_machine_arn
        moving = under_way(boto3.client("stepfunctions"), machine_arn, endpoint_name)
        running = with_approvals(sagemaker, found.model_package_group_name, moving)
        if not to:
            require_at_rest(running, endpoint_name)
        way = plan(sagemaker, log, found, to, is_changing=bool(running))
        promotion = way.promotion(comment)
        unknown = "what is on its way" if running else "what no rollout on record brought"
        typer.echo(f"from {way.present or unknown}")
        typer.echo(f"to   {way.target}")
        name = promote(sagemaker, boto3.client("lambda"), found, promotion)
    typer.echo(f"Its rollout {turn(running)}.")
    typer.echo(outlook(found, way.target, name))


def _difference(stack: Stack, serving: Sequence[Serving]) -> dict[str, Any] | None:
    """From production to the candidate; None unless they serve two packages."""
    packages = [each.package.arn for each in serving if each.package]
    if len(set(packages)) < len(serving):
        return None
    a, b = packages
    return answer_of(stack, "diff", A=a, B=b)
