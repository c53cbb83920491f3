"""What SageMaker's lineage graph holds, read with plain boto3."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Edge = tuple[str, str]


class LineageIndex:
    """The account's actions, artifacts and contexts by ARN, and the associations between them."""

    def __init__(self, sagemaker: Any) -> None:
        self._sagemaker = sagemaker
        self.actions = self._described("action")
        self.artifacts = self._described("artifact")
        self.contexts = self._described("context")
        self.associations = self._pages("list_associations", "AssociationSummaries")
        self.edges: set[Edge] = {
            (edge["SourceArn"], edge["DestinationArn"]) for edge in self.associations
        }

    def artifact_of(self, source_uri: str) -> str:
        """The ARN of the one artifact that stands for a URI or an ARN."""
        (arn,) = [
            arn for arn, it in self.artifacts.items() if it["Source"]["SourceUri"] == source_uri
        ]
        return arn

    def ancestors(self, arn: str) -> list[dict[str, Any]]:
        """The vertices that QueryLineage finds upstream, as deep as it goes."""
        query: dict[str, Any] = {"StartArns": [arn], "Direction": "Ascendants", "MaxDepth": 10}
        found: list[dict[str, Any]] = []
        while True:  # botocore has no paginator for it
            page = self._sagemaker.query_lineage(**query)
            found += page["Vertices"]
            if "NextToken" not in page:
                return found
            query["NextToken"] = page["NextToken"]

    def _described(self, kind: str) -> dict[str, dict[str, Any]]:
        named = "ArtifactArn" if kind == "artifact" else f"{kind.capitalize()}Name"
        describe = getattr(self._sagemaker, f"describe_{kind}")
        summaries = self._pages(f"list_{kind}s", f"{kind.capitalize()}Summaries")
        described = [describe(**{named: it[named]}) for it in summaries]
        return {it[f"{kind.capitalize()}Arn"]: it for it in described}

    def _pages(self, operation: str, member: str) -> list[dict[str, Any]]:
        pages = self._sagemaker.get_paginator(operation).paginate()
        return [it for page in pages for it in page[member]]


def steps_upstream(edges: Collection[Edge], start: str, goal: str) -> int:
    """How many edges, walked against their direction, lead from one entity to another."""
    reached, steps = {start}, 0
    while goal not in reached:
        further = {source for source, destination in edges if destination in reached} - reached
        assert further, f"{goal} is not upstream of {start}"
        reached, steps = reached | further, steps + 1
    return steps


def of_run(entities: Mapping[str, Mapping[str, Any]], run_id: str) -> set[str]:
    """The ARNs of the entities that a night wrote as its own."""
    return {arn for arn, it in entities.items() if it.get("Properties", {}).get("RunId") == run_id}


def of_type(entities: Mapping[str, Mapping[str, Any]], types: Iterable[str]) -> set[str]:
    """The ARNs of the entities of some types."""
    wanted = set(types)
    key = {"ArtifactType", "ActionType", "ContextType"}
    return {arn for arn, it in entities.items() if {it[each] for each in key & it.keys()} & wanted}
