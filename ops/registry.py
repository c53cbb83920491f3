"""Decides on model packages: who approved or rejected which one, and why, is the registry's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from lineage.champion import Comparison
from lineage.queries.packages import PackageGroup, rejection_of
from lineage.signature import Signature, identity
from ops.clients import SageMaker
from ops.errors import NotDecidable
from ops.rollouts import Rollout, turn

_LONGEST_COMMENT = 1024
"""Of an ApprovalDescription, in characters (API reference, UpdateModelPackage)."""


class Verdict(StrEnum):
    """What an operator says of a package, in SageMaker's words."""

    APPROVED = "Approved"
    REJECTED = "Rejected"


@dataclass(frozen=True)
class Package:
    """A version of the stack's model package group, and what was decided on it.

    Attributes:
        status: Approved, Rejected or PendingManualApproval.
        execution: The name of the night's; empty where the registry does not tell.
        compared: With the model that served in production when its night began; None if none did.
        changed_by: Who changed it last: who decided on it, unless somebody has edited it since.
        comment: What was said last; empty if nothing.
        rejection: Who rejected it, as far as the registry tells; None if it is not Rejected.
    """

    arn: str
    group: str
    version: int
    registration: str
    status: str
    data_date: str
    execution: str
    auc: float | None
    compared: Comparison | None
    changed_by: str
    comment: str
    rejection: Signature | None = None

    @classmethod
    def parse(cls, described: Mapping[str, Any]) -> Self:
        """Read the response of DescribeModelPackage."""
        told = described.get("CustomerMetadataProperties", {})
        return cls(
            arn=described["ModelPackageArn"],
            group=described["ModelPackageGroupName"],
            version=described["ModelPackageVersion"],
            registration=described["ModelPackageStatus"],
            status=described["ModelApprovalStatus"],
            data_date=told.get("DataDate", "unknown"),
            execution=described.get("MetadataProperties", {})
            .get("GeneratedBy", "")
            .rpartition(":")[2],
            auc=float(told["Auc"]) if "Auc" in told else None,
            compared=Comparison.told_by(told),
            changed_by=identity(described.get("LastModifiedBy", {})),
            comment=described.get("ApprovalDescription", ""),
            rejection=rejection_of(described),
        )

    @property
    def title(self) -> str:
        """Which one it is, and how good."""
        auc = "unknown" if self.auc is None else f"{self.auc:.4f}"
        # A rerun has its date in common with the night that it runs again.
        is_told = self.execution in {"", self.data_date}
        night = self.data_date if is_told else f"{self.data_date} ({self.execution})"
        return f"version {self.version}: night {night}, AUC {auc}{self._challenge}"

    def __str__(self) -> str:
        """One line for the operator who is about to decide."""
        is_decided = self.status in set(Verdict) and self.changed_by
        # A rollback's comment, or an edit of the metadata, is a change as a decision is.
        by = f", last changed by {self.changed_by}" if is_decided else ""
        said = f': "{self.comment}"' if self.comment else ""
        return f"{self.title}, {self.status}{by}{said}"

    @property
    def _challenge(self) -> str:
        if self.compared is None or self.compared.package_arn is None:
            return ""
        champion = f"version {self.compared.champion_version}"
        if self.compared.figures is None:
            return f", not compared with {champion}"
        return f", {self.compared.figures.shown_difference} to {champion}"


def find(sagemaker: Any, group: str, package: str) -> Package:  # noqa: ANN401  # boto3 client
    """A package of a group by its version or ARN.

    Raises:
        InvalidPackage: it is neither.
        ForeignArn: it is of another group, account or region.
        UnknownPackage: there is no such version.
    """
    packages = PackageGroup(sagemaker, group)
    return Package.parse(packages.describe(packages.package_arn(package)))


def require_decidable(package: Package, verdict: Verdict, comment: str) -> None:
    """Refuse a verdict that changes nothing, or that SageMaker would not take.

    Raises:
        NotDecidable: it was decided so before, or as ``require_acceptable`` says.
    """
    if package.status == verdict:
        raise NotDecidable(f"{package}; nothing is to be done.")
    require_acceptable(package, comment)


def require_acceptable(package: Package, comment: str) -> None:
    """Refuse what SageMaker would not take, and a comment that says nothing.

    Raises:
        NotDecidable: the package was not registered, or the comment is none, or too long.
    """
    if package.registration != "Completed":
        raise NotDecidable(
            f"version {package.version} is {package.registration} in the registry: only a package"
            " that is Completed can be approved or rejected."
        )
    if not comment.strip() or len(comment) > _LONGEST_COMMENT or "\n" in comment:
        raise NotDecidable(f"A comment is one line of 1 to {_LONGEST_COMMENT} characters.")


def consequence(
    verdict: Verdict,
    package: Package,
    endpoint_name: str,
    serving: str | None,
    running: Sequence[Rollout] = (),
) -> str:
    """What a verdict leads to on the production endpoint.

    Args:
        verdict: What is to be said of the package.
        package: Of the stack's group.
        endpoint_name: The production endpoint's.
        serving: The ARN of the package that it serves, if any.
        running: The rollouts to it that are under way.
    """
    if verdict is Verdict.APPROVED:
        now = f"version {serving.rpartition('/')[2]}" if serving else "nothing"
        return f"Its rollout to {endpoint_name}, which serves {now}, {turn(running)}."
    if serving == package.arn:
        return f"{endpoint_name} serves it, and goes on."
    return f"It does not go to {endpoint_name}, or goes back if its rollout is under way."


def decide(sagemaker: SageMaker, package: Package, verdict: Verdict, comment: str) -> None:
    """Approve or reject a package; the registry notes who did it.

    Raises:
        NotDecidable: as ``require_decidable`` says.
    """
    require_decidable(package, verdict, comment)
    sagemaker.update_model_package(
        ModelPackageArn=package.arn, ModelApprovalStatus=verdict, ApprovalDescription=comment
    )
