"""SageMaker's lineage graph as a store: read what exists of a graph, add what it lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from lineage import api
from lineage.clients import SageMaker
from lineage.errors import LineageNotReady, LineageQuotaExceeded
from lineage.model import Association, Context, Entity, Graph, Ref, tells_more
from lineage.parallel import map_parallel
from lineage.walk import Direction, Walk, walk

Arns = Mapping[Ref, str]
_MOST_ATTEMPTS = 5


@dataclass(frozen=True)
class Snapshot:
    """What of a graph SageMaker has, under which ARNs; ARNs of others may be among them."""

    graph: Graph
    arns: Arns


@dataclass(frozen=True)
class LineageStore:
    """The lineage graph of the client's account and region."""

    sagemaker: SageMaker

    def read(self, wanted: Graph, known: Arns) -> Snapshot:
        """Look up every entity of ``wanted``, and the associations between those that exist.

        ``known`` has the ARNs of entities that only associations of ``wanted`` mention.
        """
        looked_up = map_parallel(self._find, wanted.entities.values())
        found = {ref: each for ref, each in zip(wanted.entities, looked_up, strict=True) if each}
        arns = {**known, **{ref: each.arn for ref, each in found.items()}}
        candidates = [
            edge
            for edge in sorted(wanted.associations)
            if {edge.source, edge.destination} <= arns.keys()
        ]
        there = map_parallel(lambda edge: self._is_associated(edge, arns), candidates)
        return Snapshot(
            Graph(
                {ref: each.entity for ref, each in found.items()},
                frozenset(
                    edge for edge, is_there in zip(candidates, there, strict=True) if is_there
                ),
            ),
            arns,
        )

    def apply(self, plan: Graph, snapshot: Snapshot) -> Arns:
        """Create and complete the entities of a plan, then its associations; return all ARNs.

        Safe to repeat and to be interrupted anywhere: whatever exists by now is taken as it is.

        Raises:
            LineageQuotaExceeded: the account has no room for another entity or association.
            LineageNotReady: an entity that an association needs is not there yet.
        """
        entities = list(plan.entities.values())
        written = map_parallel(lambda entity: self._ensure(entity, snapshot), entities)
        arns = {**snapshot.arns, **dict(zip(plan.entities, written, strict=True))}
        map_parallel(lambda edge: self._associate(edge, arns), sorted(plan.associations))
        return arns

    def missing(self, wanted: Graph, arns: Arns, seen: Collection[Ref] = ()) -> Graph:
        """What of ``wanted`` the index does not show, read back by walks from its ends.

        Associations with contexts are not looked at: a context collects the nights of years. Nor
        is an entity of ``seen`` that stands alone: a walk would show only that it exists. Nor is an
        association's type: SageMaker may have made it first, and two entities have only one.
        """
        expected = _without_lone(_without_contexts(wanted), seen)
        leading_on = {edge.source for edge in expected.associations}
        ends = [ref for ref in expected.entities if ref not in leading_on]
        walks = map_parallel(lambda ref: self._ascendants(arns.get(ref)), ends)
        shown = {arn for each in walks for arn in each.types}
        pairs = {(edge.source_arn, edge.destination_arn) for each in walks for edge in each.edges}
        return Graph(
            {ref: it for ref, it in expected.entities.items() if arns.get(ref) not in shown},
            frozenset(
                edge
                for edge in expected.associations
                if (arns.get(edge.source), arns.get(edge.destination)) not in pairs
            ),
        )

    def _find(self, wanted: Entity) -> api.Indexed | None:
        return api.find(self.sagemaker, wanted)

    def _ensure(self, entity: Entity, snapshot: Snapshot) -> str:
        existing = snapshot.graph.entities.get(entity.ref)
        if existing:
            return self._complete(api.Indexed(snapshot.arns[entity.ref], existing), entity)
        try:
            return api.create(self.sagemaker, entity)
        except ClientError as refused:
            _refuse_out_of_quota(refused, entity.ref)
            # SageMaker, or a writer that was cut off, may have made it since. What the error says
            # then has changed over time, so only a second look tells.
            appeared = self._find(entity)
            if appeared is None:
                _refuse_unseen(refused, entity.ref)
                raise
            return self._complete(appeared, entity)

    def _complete(
        self, existing: api.Indexed, wanted: Entity, attempts: int = _MOST_ATTEMPTS
    ) -> str:
        if tells_more(wanted, existing.entity):
            try:
                api.update(self.sagemaker, existing, wanted)
            except ClientError as refused:
                _refuse_unknown(refused, wanted.ref)
                # Another update was under way (API reference, UpdateAction): ours counts from it.
                if attempts == 1 or not api.is_error(refused, "ConflictException"):
                    raise
                return self._complete(self._find(wanted) or existing, wanted, attempts - 1)
        return existing.arn

    def _associate(self, edge: Association, arns: Arns) -> None:
        try:
            self.sagemaker.add_association(
                SourceArn=arns[edge.source],
                DestinationArn=arns[edge.destination],
                AssociationType=edge.type,
            )
        except ClientError as refused:
            _refuse_out_of_quota(refused, f"{edge.source} -> {edge.destination}")
            _refuse_unknown(refused, f"{edge.source} -> {edge.destination}")
            if not self._is_associated(edge, arns):
                _refuse_unseen(refused, f"{edge.source} -> {edge.destination}")
                raise

    def _is_associated(self, edge: Association, arns: Arns) -> bool:
        # One association per pair, whatever its type.
        found = self.sagemaker.list_associations(
            SourceArn=arns[edge.source], DestinationArn=arns[edge.destination]
        )
        return bool(found["AssociationSummaries"])

    def _ascendants(self, arn: str | None) -> Walk:
        return walk(self.sagemaker, arn, Direction.ASCENDANTS) if arn else Walk()


def _without_contexts(graph: Graph) -> Graph:
    contexts = {ref for ref, entity in graph.entities.items() if isinstance(entity, Context)}
    return Graph(
        {ref: entity for ref, entity in graph.entities.items() if ref not in contexts},
        frozenset(edge for edge in graph.associations if edge.destination not in contexts),
    )


def _without_lone(graph: Graph, seen: Collection[Ref]) -> Graph:
    touched = {ref for edge in graph.associations for ref in (edge.source, edge.destination)}
    lone = set(seen) - touched
    return Graph(
        {ref: entity for ref, entity in graph.entities.items() if ref not in lone},
        graph.associations,
    )


def _refuse_unknown(refused: ClientError, what: str) -> None:
    """What was found by now may be gone: retention runs beside, and the index lags."""
    if api.is_error(refused, "ResourceNotFound"):
        raise LineageNotReady(
            f"{what}: SageMaker does not show all of it yet, or no more. Record the stage again."
        ) from refused


def _refuse_unseen(refused: ClientError, what: str) -> None:
    """What is refused as invalid may exist where the index does not show it yet."""
    if api.is_error(refused, "ValidationException"):
        raise LineageNotReady(
            f"{what} is refused: {refused.response['Error']['Message']} If that means that it"
            " exists, SageMaker does not show it yet: record the stage again."
        ) from refused


def _refuse_out_of_quota(refused: ClientError, what: str) -> None:
    if api.is_error(refused, "ResourceLimitExceeded"):
        raise LineageQuotaExceeded(
            f"{what} does not fit: {refused.response['Error']['Message']} The record in S3 is whole"
            " without it; raise the quota or shorten the retention, then record the night again."
        ) from refused
