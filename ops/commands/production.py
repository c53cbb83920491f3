"""The commands about what serves: look at it, and bring production back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from ops.table import HANDBOOK

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
        sagemaker = boto3.client("sagemaker")
        looked = look(sagemaker, boto3.client("stepfunctions"), log, found)
        serving = [_with_approvals(sagemaker, found, each) for each in looked]
        differing = _difference(found, serving)
        if differing and not json_:
            require_readable(differing, "diff")
    if json_:
        endpoints = [each.document for each in serving]
        print_json({"Endpoints": endpoints, "Difference": differing})
        return
    typer.echo(shown(serving))
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
        typer.echo(f"from {way.origin}")
        typer.echo(f"to   {way.target}")
        name = promote(sagemaker, boto3.client("lambda"), found, promotion)
    typer.echo(f"Its rollout {turn(running)}.")
    typer.echo(outlook(found, way.target, name))


def shown(serving: Sequence[Serving]) -> str:
    """The endpoints in words; and where a rollout failed, where to read what that asks for."""
    has_failed = any(rollout.has_failed for each in serving for rollout in each.rollouts)
    return "\n".join([as_text(serving), *([HANDBOOK] if has_failed else [])])


def _with_approvals(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    stack: Stack,
    serving: Serving,
) -> Serving:
    """The same; production's rollouts with their approvals, which a candidate needs none of."""
    if serving.endpoint_name != stack.production_endpoint_name:
        return serving
    group = stack.model_package_group_name
    return replace(serving, rollouts=with_approvals(sagemaker, group, serving.rollouts))


def _difference(stack: Stack, serving: Sequence[Serving]) -> dict[str, Any] | None:
    """From production to the candidate; None unless they serve two packages."""
    packages = [each.package.arn for each in serving if each.package]
    if len(set(packages)) < len(serving):
        return None
    a, b = packages
    return answer_of(stack, "diff", A=a, B=b)
