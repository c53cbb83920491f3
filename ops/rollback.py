"""Brings production back to a package that served before, under a name of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lineage.rollouts.switch_log import SwitchLog
from ops.clients import Lambda
from ops.endpoints import periods, served_before
from ops.errors import NotRolledBack
from ops.question import invoke
from ops.registry import Package, Verdict, find
from ops.stack import Stack


@dataclass(frozen=True)
class Rollback:
    """A way back: what serves in production, if that is known, and what shall."""

    present: Package | None
    target: Package

    @property
    def comment(self) -> str:
        """What the registry is told unless the operator says more."""
        return f"rollback from version {self.present.version}" if self.present else "rollback"


def plan(sagemaker: Any, log: SwitchLog, stack: Stack, to: str) -> Rollback:  # noqa: ANN401  # boto3 client
    """Find the way back.

    Args:
        sagemaker: Of the stack's account and region.
        log: Of the stack's bucket.
        stack: Whose production endpoint is meant.
        to: A version or ARN; empty for what served before.

    Raises:
        NotRolledBack: nothing served before, or the package must not serve, or does already.
        UnknownPackage: there is no such version.
    """
    endpoint_name, group = stack.production_endpoint_name, stack.model_package_group_name
    newest = next(periods(log, endpoint_name), None)
    serving = newest and newest.package_arn
    package = to or served_before(periods(log, endpoint_name))
    if package is None:
        raise NotRolledBack(
            f"Nothing served on {endpoint_name} before. Name a version with --to, or approve one."
        )
    target = find(sagemaker, group, package)
    if target.arn == serving:
        raise NotRolledBack(f"{endpoint_name} serves version {target.version} already.")
    if target.status != Verdict.APPROVED:
        raise NotRolledBack(
            f"{target}. Only an approved package goes to production; approving it takes it there:"
            f" nightly approve {target.version} --comment ..."
        )
    return Rollback(find(sagemaker, group, serving) if serving else None, target)


def roll_back(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    lambda_client: Lambda,
    stack: Stack,
    rollback: Rollback,
    comment: str,
) -> str:
    """Start the rollout of the package; return the execution's ARN.

    The comment comes first: a rollout bears the time of the package's last change in its name,
    and this is the change that tells it from the one that brought the package there before.

    Raises:
        NotRolledBack: the comment changed nothing.
        FunctionFailed: the rollout could not be started.
    """
    sagemaker.update_model_package(ModelPackageArn=rollback.target.arn, ApprovalDescription=comment)
    event = {"Trigger": "Rollback", "PackageArn": rollback.target.arn}
    started = invoke(lambda_client, stack.trigger_deploy_function_name, event)
    if not started["Started"]:
        raise NotRolledBack(
            f"{started['Rollout']} was started before with the same comment: give another one."
        )
    return str(started["ExecutionArn"])
