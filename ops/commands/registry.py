"""The commands that decide what goes to production."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

import boto3
import typer

from lineage.rollouts.switch_log import SwitchLog
from lineage.vocabulary import Trigger
from ops.commands import options
from ops.commands.options import STACK_NAME, StackName
from ops.commands.terminal import told
from ops.endpoints import packages_serving
from ops.promotion import Promotion, outlook, promote, require_promotable
from ops.registry import (
    Package,
    Verdict,
    consequence,
    decide,
    find,
    require_acceptable,
    require_decidable,
)
from ops.rollback import way_out
from ops.rollouts import Rollout, under_way, with_approvals
from ops.stack import Stack

group = typer.Typer()
Comment = Annotated[str, typer.Option(help="Why; the registry and the lineage keep it.")]


@group.command()
def approve(package: options.Package, comment: Comment, *, stack: StackName = STACK_NAME) -> None:
    """Approve a model package: that starts its rollout to production.

    One that was approved before and does not serve, because its rollout failed or because it was
    rolled back from, is rolled out once more.
    """
    with told():
        desk = _Desk.of(stack, package)
        if desk.package.status == Verdict.APPROVED:
            desk.promote_again(comment)
        else:
            desk.decide(Verdict.APPROVED, comment)


@group.command()
def reject(package: options.Package, comment: Comment, *, stack: StackName = STACK_NAME) -> None:
    """Reject a model package: it is not rolled out; what serves already goes on serving."""
    with told():
        _Desk.of(stack, package).decide(Verdict.REJECTED, comment)


@dataclass(frozen=True)
class _Desk:
    """A package before an operator, what production serves meanwhile, and what is to follow."""

    stack: Stack
    package: Package
    serving: str | None
    running: tuple[Rollout, ...]

    @classmethod
    def of(cls, stack_name: str, version: str) -> Self:
        stack = Stack.find(boto3.client("cloudformation"), stack_name)
        sagemaker, group = boto3.client("sagemaker"), stack.model_package_group_name
        package = find(sagemaker, group, version)
        # Before what serves: a rollout that ends in between shows in the one or the other.
        asked = stack.rollout_state_machine_arn, stack.production_endpoint_name
        running = with_approvals(sagemaker, group, under_way(boto3.client("stepfunctions"), *asked))
        log = SwitchLog(boto3.client("s3"), stack.bucket_name)
        return cls(stack, package, packages_serving(log, stack).get("production"), running)

    def decide(self, verdict: Verdict, comment: str) -> None:
        require_decidable(self.package, verdict, comment)
        self._show(verdict)
        decide(boto3.client("sagemaker"), self.package, verdict, comment)
        typer.echo(f"{verdict.lower()}: version {self.package.version}")
        if verdict is Verdict.APPROVED:
            typer.echo(outlook(self.stack, self.package))

    def promote_again(self, comment: str) -> None:
        require_acceptable(self.package, comment)
        endpoint_name = self.stack.production_endpoint_name
        require_promotable(self.package, endpoint_name, self.serving, self.running)
        self._show(Verdict.APPROVED)
        promotion = Promotion(self.package, Trigger.APPROVAL, comment)
        clients = boto3.client("sagemaker"), boto3.client("lambda")
        name = promote(*clients, self.stack, promotion)
        typer.echo(outlook(self.stack, self.package, name))

    def _show(self, verdict: Verdict) -> None:
        endpoint_name = self.stack.production_endpoint_name
        typer.echo(self.package)
        typer.echo(consequence(verdict, self.package, endpoint_name, self.serving, self.running))
        if verdict is Verdict.REJECTED and self.package.arn == self.serving:
            log = SwitchLog(boto3.client("s3"), self.stack.bucket_name)
            typer.echo(way_out(boto3.client("sagemaker"), log, self.stack, self.running))
