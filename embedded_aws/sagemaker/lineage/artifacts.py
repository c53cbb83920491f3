"""CreateArtifact and its siblings: artifacts are known by their source, not by their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.lineage.entities import Kind
from embedded_aws.sagemaker.lineage.store import Store


class Artifacts:
    """Artifacts of one account; names may repeat, as the SageMaker SDK's own tests do."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "CreateArtifact": self._create,
            "DescribeArtifact": self._describe,
            "UpdateArtifact": self._update,
            "DeleteArtifact": self._delete,
            "ListArtifacts": self._list,
        }

    def _create(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        arn = self._arn_of(parameters["Source"])
        return self._store.create(Kind.ARTIFACT, arn, parameters)

    def _describe(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.describe(parameters["ArtifactArn"])

    def _update(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.update(parameters["ArtifactArn"], parameters)

    def _delete(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        if ("ArtifactArn" in parameters) == ("Source" in parameters):
            raise ServiceError("ValidationException", "Give either ArtifactArn or Source")
        arn = parameters.get("ArtifactArn") or self._arn_of(parameters["Source"])
        self._store.delete(arn)
        return {"ArtifactArn": arn}

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        return self._store.list(Kind.ARTIFACT, parameters)

    def _arn_of(self, source: Mapping[str, Any]) -> str:
        return self._store.arns.artifact(source["SourceUri"], source.get("SourceTypes", ()))
