"""The packages of a model package group: which one a question means, and which there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from lineage import api, names
from lineage.clients import Response, SageMaker
from lineage.errors import ForeignArn, PackageNotRecorded, UnknownPackage
from lineage.outages import UNANSWERED
from lineage.paging import pages
from lineage.rollouts.switches import iso_milliseconds
from lineage.signature import Signature, identity


@dataclass(frozen=True)
class MadeBy:
    """The night that registered a package."""

    data_date: str
    run_id: str


def rejection_of(described: Mapping[str, Any]) -> Signature | None:
    """Who rejected a package, when and why; None if it is not Rejected.

    The registry keeps the last change alone: who edited the package since is taken for it.

    Args:
        described: The response of DescribeModelPackage.
    """
    if described["ModelApprovalStatus"] != "Rejected":
        return None
    at: datetime = described.get("LastModifiedTime", described["CreationTime"])
    return Signature(
        identity(described.get("LastModifiedBy", {})) or "unknown",
        iso_milliseconds(at),
        described.get("ApprovalDescription"),
    )


@dataclass(frozen=True)
class PackageGroup:
    """A model package group of the account and region of a client."""

    sagemaker: SageMaker
    name: str

    def package_arn(self, package: str | int) -> str:
        """The ARN of a version, `3` or `v3`, or of what is one already.

        Raises:
            InvalidPackage: it is neither.
            ForeignArn: it is a package of another group, account or region.
        """
        prefix = self._package_arns()
        # To JSON Schema 3.0 is an integer, to Python it is not.
        named = package if isinstance(package, str) else str(int(package))
        if named.removeprefix("v").isdecimal():
            return f"{prefix}/{int(named.removeprefix('v'))}"
        names.package_group_and_version(named)
        if not named.startswith(f"{prefix}/"):
            raise ForeignArn(
                f"{named} is no version of {self._arn()}: ask the stack that registered it"
                " (--stack), in its account and region"
            )
        return named

    def require_neighbour(self, arn: str) -> None:
        """Check that something is in the group's partition, region and account.

        Raises:
            ForeignArn: no night of the group's can have used it.
        """
        ours, theirs = (each.split(":")[:5] for each in (self._arn(), arn))
        if ours != theirs:
            raise ForeignArn(
                f"{arn} is not in {ours[3]} of account {ours[4]}, where all nights of {self.name}"
                " run: ask the stack that ran it, in its account and region"
            )

    def made_by(self, package_arn: str) -> MadeBy:
        """The night that a package says it was made by.

        Raises:
            UnknownPackage: there is no such version.
            PackageNotRecorded: it names no night.
        """
        told = self.describe(package_arn).get("CustomerMetadataProperties", {})
        if not {"DataDate", "RunId"} <= told.keys():
            raise PackageNotRecorded(
                f"{package_arn} does not say which night made it, so the retrain workflow did not"
                " register it. Ask whoever did."
            )
        return MadeBy(told["DataDate"], told["RunId"])

    def rejection(self, package_arn: str) -> Signature | None:
        """Who rejected a package, if the registry calls it Rejected now.

        It is the registry's word at the time of asking, and tells no more of a package that was
        deleted, or of another group; nor does it if SageMaker does not answer.
        """
        try:
            is_ours = package_arn.startswith(f"{self._package_arns()}/")
            return rejection_of(self.describe(package_arn)) if is_ours else None
        except (UnknownPackage, *UNANSWERED):
            return None

    def versions(self, since: str = "") -> Iterator[str]:
        """The ARNs of the packages of the group, oldest first; from a date (ISO) on, or all."""
        bound = {"CreationTimeAfter": datetime.fromisoformat(f"{since}T00:00Z")} if since else {}
        for page in pages(
            self.sagemaker.list_model_packages,
            ModelPackageGroupName=self.name,
            SortBy="CreationTime",
            SortOrder="Ascending",
            MaxResults=100,
            **bound,
        ):
            yield from (each["ModelPackageArn"] for each in page["ModelPackageSummaryList"])

    def describe(self, package_arn: str) -> Response:
        """DescribeModelPackage.

        Raises:
            UnknownPackage: there is no such version.
        """
        try:
            return self.sagemaker.describe_model_package(ModelPackageName=package_arn)
        except ClientError as refused:
            if any(api.is_error(refused, it) for it in ("ValidationException", "ResourceNotFound")):
                raise UnknownPackage(
                    f"There is no {package_arn}: `nightly nights` shows the versions that the last"
                    " nights registered, `aws sagemaker list-model-packages"
                    f" --model-package-group-name {self.name}` all"
                ) from refused
            raise

    def _package_arns(self) -> str:
        """What the ARNs of all its packages begin with."""
        return self._arn().replace(":model-package-group/", ":model-package/", 1)

    def _arn(self) -> str:
        group = self.sagemaker.describe_model_package_group(ModelPackageGroupName=self.name)
        arn: str = group["ModelPackageGroupArn"]
        return arn
