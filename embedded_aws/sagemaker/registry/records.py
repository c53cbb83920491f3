"""The values of the registry: groups, and the versions in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.settings import Settings

# Nothing scans images or validates models here.
_STATUS_DETAILS: Mapping[str, Any] = {"ValidationStatuses": [], "ImageScanStatuses": []}


@dataclass(frozen=True)
class Deed:
    """When something was done, and by whom (the API's UserContext)."""

    at: datetime
    by: Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """A model package group; ``members`` are the optional ones of its creation, verbatim."""

    name: str
    arn: str
    created: Deed
    members: Mapping[str, Any]

    def described(self) -> dict[str, Any]:
        """The output of DescribeModelPackageGroup."""
        return {**self.summarised(), "CreatedBy": self.created.by}

    def summarised(self) -> dict[str, Any]:
        """An entry of ListModelPackageGroups."""
        return {
            "ModelPackageGroupName": self.name,
            "ModelPackageGroupArn": self.arn,
            "CreationTime": self.created.at,
            "ModelPackageGroupStatus": "Completed",
            **self.members,
        }


@dataclass(frozen=True)
class Package:
    """A version of a group; ``members`` are those of Create and Update requests, verbatim."""

    group_name: str
    version: int
    arn: str
    created: Deed
    modified: Deed
    members: Mapping[str, Any]

    @property
    def approval(self) -> str:
        """Approved, Rejected or PendingManualApproval."""
        status: str = self.members["ModelApprovalStatus"]
        return status

    def described(self) -> dict[str, Any]:
        """The output of DescribeModelPackage.

        It has no ModelPackageName, although the model requires one: neither has AWS's
        ("View the Details of a Model Version").
        """
        return {
            **self._identity(),
            "CreatedBy": self.created.by,
            "LastModifiedTime": self.modified.at,
            "LastModifiedBy": self.modified.by,
            "ModelPackageStatusDetails": _STATUS_DETAILS,
            "CertifyForMarketplace": False,
            **self.members,
        }

    def summarised(self) -> dict[str, Any]:
        """An entry of ListModelPackages."""
        listed = ("ModelPackageDescription", "ModelApprovalStatus", "ModelLifeCycle")
        shown = {member: self.members[member] for member in listed if member in self.members}
        return {**self._identity(), **shown}

    def in_batch(self) -> dict[str, Any]:
        """An entry of BatchDescribeModelPackage."""
        listed = (
            "ModelPackageDescription",
            "InferenceSpecification",
            "ModelApprovalStatus",
            "ModelPackageRegistrationType",
        )
        shown = {member: self.members[member] for member in listed if member in self.members}
        return {**self._identity(), **shown}

    def _identity(self) -> dict[str, Any]:
        return {
            "ModelPackageGroupName": self.group_name,
            "ModelPackageVersion": self.version,
            "ModelPackageArn": self.arn,
            "CreationTime": self.created.at,
            "ModelPackageStatus": "Completed",
        }


@dataclass(frozen=True)
class RegistryArns:
    """ARNs of the registry; SageMaker lower-cases the names in them."""

    prefix: str

    @classmethod
    def of(cls, settings: Settings) -> RegistryArns:
        """The ARNs of an instance's account and region."""
        return cls(f"arn:aws:sagemaker:{settings.region}:{settings.account_id}:")

    def group(self, name_or_arn: str) -> str:
        """The ARN that a ModelPackageGroupName parameter means."""
        return self._of("model-package-group", name_or_arn)

    def package(self, name_or_arn: str) -> str:
        """The ARN that a ModelPackageName parameter means: ``<group>/<version>`` or an ARN."""
        return self._of("model-package", name_or_arn)

    def _of(self, resource: str, name_or_arn: str) -> str:
        lower = name_or_arn.lower()
        return lower if lower.startswith("arn:") else f"{self.prefix}{resource}/{lower}"
