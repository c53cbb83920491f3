"""An index that lags: for a while it hides what was written since, or shows what was deleted."""

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


class LingeringWire(Wire):
    """Lists associations on after they were deleted, and may count them as long."""

    def __init__(self, world: World, *, counts: bool) -> None:
        super().__init__()
        self._world, self._counts = world, counts
        self._gone: list[dict[str, Any]] = []

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name == "delete_association":
            listed = self._world.sagemaker.list_associations(**request)
            self._gone += listed["AssociationSummaries"]
        if name in {"delete_artifact", "delete_action"} and self._counts:
            self._refuse_connected(name, *request.values())
        answer = super().carry(name, call, request)
        if name == "list_associations":
            ends = {key: arn for key, arn in request.items() if key.endswith("Arn")}
            answer["AssociationSummaries"] += [
                it for it in self._gone if ends.items() <= it.items()
            ]
        return answer

    def _refuse_connected(self, operation: str, name_or_arn: str) -> None:
        ends = [it[end] for it in self._gone for end in ("SourceArn", "DestinationArn")]
        if any(arn.endswith(name_or_arn) for arn in ends):
            told = {"Error": {"Code": "ValidationException", "Message": "It has associations."}}
            raise ClientError(told, operation)
