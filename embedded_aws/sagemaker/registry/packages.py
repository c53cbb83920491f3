"""CreateModelPackage and its siblings, for versions of a group.

Not supported, and refused by name: unversioned packages, validation by transform jobs,
algorithms as a source, the marketplace, managed storage, logged (not registered) versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.lineage.automatic import AutomaticLineage
from embedded_aws.sagemaker.listing import SortKey, page, within
from embedded_aws.sagemaker.registry import changes
from embedded_aws.sagemaker.registry.catalogue import Catalogue
from embedded_aws.sagemaker.registry.deeds import Deeds
from embedded_aws.sagemaker.registry.events import PackageEvents
from embedded_aws.sagemaker.registry.records import Package
from embedded_aws.sagemaker.unsupported import not_supported, refuse

_UNSUPPORTED = (
    "ValidationSpecification",
    "SourceAlgorithmSpecification",
    "CertifyForMarketplace",
    "ManagedStorageType",
    "ModelPackageRegistrationType",
)


class Packages:
    """Versions of model package groups; whatever happens to one is told to events and lineage."""

    def __init__(
        self, catalogue: Catalogue, deeds: Deeds, events: PackageEvents, lineage: AutomaticLineage
    ) -> None:
        self._catalogue = catalogue
        self._deeds = deeds
        self._events = events
        self._lineage = lineage

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateModelPackage": self._create,
            "DescribeModelPackage": self._describe,
            "UpdateModelPackage": self._update,
            "DeleteModelPackage": self._delete,
            "ListModelPackages": self._list,
            "BatchDescribeModelPackage": self._batch_describe,
        }

    def _create(self, parameters: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED, parameters, "CreateModelPackage")
        package, is_new = self._catalogue.add_package(
            _group_name(parameters),
            self._deeds.now(context),
            changes.created(parameters),
            parameters.get("ClientToken"),
        )
        if is_new:
            group = self._catalogue.group(package.group_name)
            self._lineage.package_created(package.described(), group.described())
            self._events.state_changed(package)
        return {"ModelPackageArn": package.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        package = self._catalogue.package(parameters["ModelPackageName"])
        if parameters.get("IncludedData") == "MetadataOnly" and "ModelCard" in package.members:
            raise not_supported("IncludedData MetadataOnly, which sanitizes the model card")
        return package.described()

    def _batch_describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        summaries, errors = {}, {}
        for arn in parameters["ModelPackageArnList"]:
            try:
                summaries[arn] = self._catalogue.package(arn).in_batch()
            except ServiceError as missing:
                errors[arn] = {"ErrorCode": missing.code, "ErrorResponse": missing.message}
        return {
            "ModelPackageSummaries": summaries,
            **({"BatchDescribeModelPackageErrorMap": errors} if errors else {}),
        }

    def _update(self, parameters: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse(_UNSUPPORTED, parameters, "UpdateModelPackage")
        old, new = self._catalogue.change_package(
            parameters,
            self._deeds.now(context),
            lambda members: changes.updated(members, parameters),
        )
        if new is old:
            return {"ModelPackageArn": new.arn}
        if old.approval != new.approval:
            self._lineage.approval_changed(new.described())
        fields = [name for name in new.members if old.members.get(name) != new.members[name]]
        self._events.state_changed(new, fields)
        return {"ModelPackageArn": new.arn}

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        self._catalogue.remove_package(parameters["ModelPackageName"])

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        group_name = parameters.get("ModelPackageGroupName")
        # Without a group, the default is to list unversioned packages only (API reference).
        versions_wanted = group_name or parameters.get("ModelPackageType") in {"Versioned", "Both"}
        candidates = self._catalogue.packages(group_name) if versions_wanted else ()
        listed = (package for package in candidates if _is_listed(package, parameters))
        found = page(listed, lambda each: _sort_key(each, parameters), parameters, "Ascending")
        return found.answer("ModelPackageSummaryList", Package.summarised)


def _group_name(parameters: Parameters) -> str:
    if "ModelPackageName" in parameters:
        name = parameters["ModelPackageName"]
        raise not_supported(
            f"unversioned model packages: give {name!r} as ModelPackageGroupName instead"
        )
    if "ModelPackageGroupName" not in parameters:
        message = "Give a ModelPackageGroupName, or a ModelPackageName for an unversioned package"
        raise ServiceError("ValidationException", message)
    if parameters.get("Tags"):
        # "If you supply ModelPackageGroupName, your model package belongs to the model
        # group you specify and uses the tags associated with the model group. In this
        # case, you cannot supply a tag argument." (API reference of CreateModelPackage)
        message = "Tags cannot be supplied with ModelPackageGroupName; tag the group instead"
        raise ServiceError("ValidationException", message)
    name = parameters["ModelPackageGroupName"]
    return str(name)


def _is_listed(package: Package, parameters: Parameters) -> bool:
    wanted_approval = parameters.get("ModelApprovalStatus", package.approval)
    return (
        package.approval == wanted_approval
        and parameters.get("NameContains", "").lower() in package.group_name.lower()
        and within(
            package.created.at,
            parameters.get("CreationTimeAfter"),
            parameters.get("CreationTimeBefore"),
        )
    )


def _sort_key(package: Package, parameters: Parameters) -> SortKey:
    if parameters.get("SortBy") == "Name":
        return (package.group_name, package.version)
    return (package.created.at.timestamp(), package.group_name, package.version)
