"""Starts a rollout to production of a package that is approved already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lineage.vocabulary import Trigger
from ops.clients import Lambda, SageMaker
from ops.errors import NotRolledOut
from ops.question import invoke
from ops.registry import Package
from ops.rollouts import Rollout
from ops.stack import Stack


@dataclass(frozen=True)
class Promotion:
    """A package, why it goes to production, and what is noted of that in registry and lineage."""

    package: Package
    trigger: Trigger
    comment: str


def require_promotable(
    package: Package, endpoint_name: str, serving: str | None, running: Sequence[Rollout]
) -> None:
    """Refuse to roll out once more what will serve anyhow when all rollouts are through.

    Args:
        package: What was approved before.
        endpoint_name: The production endpoint's.
        serving: The ARN of the package that it serves.
        running: The rollouts to it that are under way, with their approvals.

    Raises:
        NotRolledOut: it serves and stays, or the rollout that stays is of it.
    """
    if not running and package.arn == serving:
        raise NotRolledOut(f"{package}; {endpoint_name} serves it, so nothing is to be done.")
    approved = (each for each in running if each.is_approved)
    stays = max(approved, key=lambda each: each.asked, default=None)
    if stays and stays.version == package.version:
        raise NotRolledOut(f"{package}; {stays}, so nothing is to be done.")


def promote(sagemaker: SageMaker, lambda_client: Lambda, stack: Stack, promotion: Promotion) -> str:
    """Start the rollout of a package; return its name.

    The comment comes first: a rollout bears the time of the package's last change in its name,
    and this is the change that tells it from the one that brought the package there before.

    Raises:
        NotRolledOut: the comment changed nothing.
        FunctionFailed: the rollout could not be started.
    """
    arn = promotion.package.arn
    sagemaker.update_model_package(ModelPackageArn=arn, ApprovalDescription=promotion.comment)
    event = {"Trigger": promotion.trigger, "PackageArn": arn}
    started = invoke(lambda_client, stack.trigger_deploy_function_name, event)
    if not started["Started"]:
        raise NotRolledOut(
            f"{started['Rollout']} was started before, with the same comment or within the same"
            " second: give another comment."
        )
    return str(started["Rollout"])


def outlook(stack: Stack, package: Package, name: str = "") -> str:
    """What an operator sees next of a rollout to production; its name, where it is known."""
    begun = f"rollout {name}\n" if name else ""
    return (
        f"{begun}Once it is through, {stack.production_endpoint_name} serves version"
        f" {package.version}; `nightly production` shows how far it is, and why if it fails."
    )
