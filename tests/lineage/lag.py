"""An index that lags: for a while it hides what was written since, and still refuses duplicates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from botocore.exceptions import ClientError

from tests.lineage.wires import Call, Wire
from tests.lineage.worlds import World

Edge = tuple[str, str]


class LaggingWire(Wire):
    """Shows of entities and associations only those that an account had at some moment."""

    def __init__(self, world: World) -> None:
        super().__init__()
        seen = world.contents()
        self._arns: Collection[str] = set(seen["arns"])
        self._edges: Collection[Edge] = {edge[:2] for edge in seen["associations"]}

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        answer = super().carry(name, call, request)
        match name:
            case "describe_artifact" | "describe_action" | "describe_context":
                self._refuse_hidden(answer, name)
            case "list_artifacts":
                answer["ArtifactSummaries"] = [
                    it for it in answer["ArtifactSummaries"] if it["ArtifactArn"] in self._arns
                ]
            case "list_associations":
                answer["AssociationSummaries"] = self._shown(answer["AssociationSummaries"])
            case "query_lineage":
                answer["Vertices"] = [it for it in answer["Vertices"] if it["Arn"] in self._arns]
                answer["Edges"] = self._shown(answer["Edges"])
        return answer

    def _refuse_hidden(self, answer: dict[str, Any], name: str) -> None:
        if answer[f"{name.removeprefix('describe_').capitalize()}Arn"] not in self._arns:
            hidden = {"Error": {"Code": "ResourceNotFound", "Message": "It is not shown yet."}}
            raise ClientError(hidden, name)

    def _shown(self, edges: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [it for it in edges if (it["SourceArn"], it["DestinationArn"]) in self._edges]
