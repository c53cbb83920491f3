"""CreateModelPackageGroup and its siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext
from embedded_aws.sagemaker.listing import SortKey, page, within
from embedded_aws.sagemaker.registry.catalogue import Catalogue
from embedded_aws.sagemaker.registry.deeds import Deeds
from embedded_aws.sagemaker.registry.records import Group
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys
from embedded_aws.sagemaker.unsupported import not_supported, refuse


class Groups:
    """Model package groups. Not supported: managed storage, resource policies, other accounts."""

    def __init__(self, catalogue: Catalogue, deeds: Deeds, tags: Tags) -> None:
        self._catalogue = catalogue
        self._deeds = deeds
        self._tags = tags

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateModelPackageGroup": self._create,
            "DescribeModelPackageGroup": self._describe,
            "DeleteModelPackageGroup": self._delete,
            "ListModelPackageGroups": self._list,
        }

    def _create(self, parameters: Parameters, context: RequestContext) -> dict[str, Any]:
        refuse(("ManagedConfiguration",), parameters, "CreateModelPackageGroup")
        tags = parameters.get("Tags", ())
        refuse_duplicate_keys(tags)
        name = parameters["ModelPackageGroupName"]
        description = parameters.get("ModelPackageGroupDescription")
        members = {"ModelPackageGroupDescription": description} if description else {}
        group = self._catalogue.add_group(name, self._deeds.now(context), members)
        self._tags.register(group.arn, tags)
        return {"ModelPackageGroupArn": group.arn}

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._catalogue.group(parameters["ModelPackageGroupName"]).described()

    def _delete(self, parameters: Parameters, _: RequestContext) -> None:
        group = self._catalogue.remove_group(parameters["ModelPackageGroupName"])
        self._tags.forget(group.arn)

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        if parameters.get("CrossAccountFilterOption") == "CrossAccount":
            raise not_supported("CrossAccountFilterOption CrossAccount: there is one account")
        listed = (group for group in self._catalogue.groups() if _is_listed(group, parameters))
        found = page(listed, lambda group: _sort_key(group, parameters), parameters, "Ascending")
        return found.answer("ModelPackageGroupSummaryList", Group.summarised)


def _is_listed(group: Group, parameters: Parameters) -> bool:
    return parameters.get("NameContains", "").lower() in group.name.lower() and within(
        group.created.at,
        parameters.get("CreationTimeAfter"),
        parameters.get("CreationTimeBefore"),
    )


def _sort_key(group: Group, parameters: Parameters) -> SortKey:
    if parameters.get("SortBy") == "Name":
        return (group.name, group.arn)
    return (group.created.at.timestamp(), group.arn)
