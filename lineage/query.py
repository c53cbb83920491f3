"""Answers questions about lineage from SageMaker's graph, or from the records after pruning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from lineage import api, names, whole
from lineage.archive import Archive
from lineage.clients import Clients, Response
from lineage.errors import InvalidPackage, PackageNotRecorded, UnknownPackage
from lineage.excerpt import excerpt
from lineage.explanation import AnsweredFrom
from lineage.explanation import explain as explain_graph
from lineage.model import Graph
from lineage.record import Record, is_digest
from lineage.vocabulary import Stage


@dataclass(frozen=True)
class LineageQuery:
    """Questions about the packages of one model package group.

    Attributes:
        clients: Of the group's account and region.
        group: The name of the model package group.
        bucket: The bucket that holds the records.
    """

    clients: Clients
    group: str
    bucket: str

    def explain(self, package: str | int) -> dict[str, Any]:
        """Everything that a package came from, as a document by schema/explain.json.

        Args:
            package: A version number of the group, or the ARN of one of its packages.

        Raises:
            InvalidPackage: it is neither, or a package of another group or account.
            UnknownPackage: there is no such version.
            PackageNotRecorded: it exists, but was not made by a recorded night.
        """
        package_arn = self._package_arn(package)
        graph = excerpt(self.clients.sagemaker, package_arn)
        if any(whole.complaints(graph, Stage.REGISTRATION)):
            return explain_graph(self._recorded(package_arn).noted(), AnsweredFrom.RECORD)
        if _has_digests(graph):
            graph = self._recorded(package_arn).restore(graph)
        return explain_graph(graph, AnsweredFrom.INDEX)

    def _package_arn(self, package: str | int) -> str:
        group_arn = self._group_arn()
        prefix = group_arn.replace(":model-package-group/", ":model-package/", 1)
        if isinstance(package, int) or package.isdecimal():
            return f"{prefix}/{int(package)}"
        names.package_group_and_version(package)
        if not package.startswith(f"{prefix}/"):
            raise InvalidPackage(
                f"{package} is no version of {group_arn}: ask the stack that registered it, in its"
                " account and region"
            )
        return package

    def _group_arn(self) -> str:
        group = self.clients.sagemaker.describe_model_package_group(
            ModelPackageGroupName=self.group
        )
        arn: str = group["ModelPackageGroupArn"]
        return arn

    def _recorded(self, package_arn: str) -> Record:
        package = self._describe_package(package_arn)
        made_by = package.get("CustomerMetadataProperties", {})
        if not {"DataDate", "RunId"} <= made_by.keys():
            raise PackageNotRecorded(
                f"{package_arn} does not say which night made it, so the retrain workflow did not"
                " register it. Ask whoever did."
            )
        folder = names.night_record_uri(self.bucket, made_by["DataDate"], made_by["RunId"])
        uri = names.record_uri(folder, Stage.REGISTRATION)
        text = Archive(self.clients.s3).read(uri)
        if text is None:
            raise PackageNotRecorded(
                f"{package_arn} is not whole in SageMaker's graph, and {uri} is not there. Look for"
                f" night {made_by['RunId']} in the history of its execution."
            )
        return Record.parse(uri, text)

    def _describe_package(self, package_arn: str) -> Response:
        try:
            return self.clients.sagemaker.describe_model_package(ModelPackageName=package_arn)
        except ClientError as refused:
            if any(api.is_error(refused, it) for it in ("ValidationException", "ResourceNotFound")):
                raise UnknownPackage(
                    f"There is no {package_arn}. List the versions of {self.group} and ask for one"
                    " of them."
                ) from refused
            raise


def _has_digests(graph: Graph) -> bool:
    return any(is_digest(it) for each in graph.entities.values() for it in each.properties.values())
