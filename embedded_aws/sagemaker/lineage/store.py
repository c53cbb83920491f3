"""What the operations on artifacts, actions and contexts have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Parameters
from embedded_aws.sagemaker.lineage import changes, outputs
from embedded_aws.sagemaker.lineage.entities import Entity, Kind, LineageArns
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.listing import page
from embedded_aws.sagemaker.tags import Tags, refuse_duplicate_keys


@dataclass(frozen=True)
class Store:
    """The five verbs on entities, each given the ARN that its request means."""

    graph: Graph
    arns: LineageArns
    clock: Clock
    tags: Tags

    def create(self, kind: Kind, arn: str, parameters: Parameters) -> dict[str, Any]:
        """Create an entity by hand, with its tags or not at all."""
        tags = parameters.get("Tags", ())
        refuse_duplicate_keys(tags)
        self.graph.add(changes.created(kind, arn, parameters, self.clock.now()))
        self.tags.register(arn, tags)
        return {f"{kind}Arn": arn}

    def describe(self, arn: str) -> dict[str, Any]:
        """Show one entity."""
        return outputs.described(self.graph.get(arn), self.arns.default_group)

    def update(self, arn: str, parameters: Parameters) -> dict[str, Any]:
        """Change what a request names, replacing the properties as a whole."""
        now = self.clock.now()
        entity = self.graph.change(arn, lambda old: changes.updated(old, parameters, now))
        return {f"{entity.kind}Arn": arn}

    def delete(self, arn: str) -> None:
        """Delete an entity without associations, and its tags."""
        self.graph.remove(arn)
        self.tags.forget(arn)

    def list(self, kind: Kind, parameters: Parameters) -> dict[str, Any]:
        """List entities of a kind, newest first unless asked otherwise."""
        listed = (
            entity
            for entity in self._candidates(kind, parameters)
            if outputs.is_listed(entity, parameters)
        )
        found = page(listed, lambda entity: outputs.sort_key(entity, parameters), parameters)
        return found.answer(f"{kind}Summaries", outputs.summarised)

    def _candidates(self, kind: Kind, parameters: Parameters) -> Iterable[Entity]:
        if "SourceUri" in parameters:
            return self.graph.from_source(kind, parameters["SourceUri"])
        return self.graph.of_kind(kind)
