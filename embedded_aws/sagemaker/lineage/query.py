"""QueryLineage: a filtered walk from one entity, in pages.

Undocumented, and decided here: the start counts as reached, at depth 0; the Created and
Modified bounds are exclusive; an edge comes with the page on which the second of its two
vertices comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.lineage.entities import Association, Entity
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.lineage.walk import BOTH, Walk, walk
from embedded_aws.sagemaker.listing import decode_token, encode_token, invalid_token

MAX_DEPTH = 10
MAX_RESULTS = 50
# The response's Type holds 40 characters, an entity's type 256; what AWS cuts is undocumented.
MAX_VERTEX_TYPE_LENGTH = 40


@dataclass(frozen=True)
class _Answer:
    vertices: Sequence[Entity]
    edges: Sequence[Association]


class LineageQuery:
    """QueryLineage over one account's graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def operations(self) -> Mapping[str, Operation]:
        """The operation, by API name."""
        return {"QueryLineage": self._query}

    def _query(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        start = self._graph.get(_only_start(parameters)).arn
        max_depth = _at_least_one(parameters, "MaxDepth", MAX_DEPTH)
        size = _at_least_one(parameters, "MaxResults", MAX_RESULTS)
        with self._graph.lock:
            reached = walk(self._graph, start, parameters.get("Direction", BOTH), max_depth)
            answer = self._answer(reached, parameters)
        return _page(answer, _offset(parameters), size, parameters)

    def _answer(self, reached: Walk, parameters: Parameters) -> _Answer:
        filters = parameters.get("Filters", {})
        entities = {arn: self._graph.get(arn) for arn in reached.depths}
        matches = [arn for arn, entity in entities.items() if _matches(entity, filters)]
        if not parameters.get("IncludeEdges", True):
            return _Answer([entities[arn] for arn in matches], ())
        # "retrieves not only the entities of interest but also the Associations and lineage
        # entities on the path" (API reference of QueryLineage).
        kept = reached.paths_to(matches)
        return _Answer(
            [entity for arn, entity in entities.items() if arn in kept],
            [
                edge
                for edge in reached.associations
                if edge.source_arn in kept and edge.destination_arn in kept
            ],
        )


def _only_start(parameters: Parameters) -> str:
    arns = parameters.get("StartArns", [])
    if len(arns) != 1:
        # The model allows none, but there is nothing to walk from then.
        raise ServiceError("ValidationException", "StartArns must hold exactly one ARN")
    arn: str = arns[0]
    return arn


def _at_least_one(parameters: Parameters, name: str, default: int) -> int:
    given: int = parameters.get(name, default)
    if given < 1:
        # The model bounds these from above only.
        raise ServiceError("ValidationException", f"{name} must be 1 or more, not {given}")
    return given


def _matches(entity: Entity, filters: Mapping[str, Any]) -> bool:
    types, lineage_types = filters.get("Types"), filters.get("LineageTypes")
    return (
        (not types or entity.vertex_type in types)
        and (not lineage_types or entity.kind in lineage_types)
        and _is_between(entity.created_at, filters, "Created")
        and _is_between(entity.modified_at, filters, "Modified")
        and _has_any(entity.properties, filters.get("Properties", {}))
    )


def _is_between(when: datetime, filters: Mapping[str, Any], event: str) -> bool:
    after, before = filters.get(f"{event}After"), filters.get(f"{event}Before")
    return (after is None or when > after) and (before is None or when < before)


def _has_any(properties: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    # "an entity is included in the results if it matches any of the provided pairs"
    return not wanted or any(properties.get(key) == value for key, value in wanted.items())


def _page(answer: _Answer, offset: int, size: int, parameters: Parameters) -> dict[str, Any]:
    positions = {vertex.arn: index for index, vertex in enumerate(answer.vertices)}
    end = offset + size
    more = end < len(answer.vertices)
    return {
        "Vertices": [_vertex(entity) for entity in answer.vertices[offset:end]],
        "Edges": [
            _edge(edge)
            for edge in answer.edges
            if offset <= max(positions[edge.source_arn], positions[edge.destination_arn]) < end
        ],
        **({"NextToken": encode_token([_digest(parameters), end])} if more else {}),
    }


def _offset(parameters: Parameters) -> int:
    token = parameters.get("NextToken")
    if not token:
        return 0
    match decode_token(token):
        case [digest, int(offset)] if digest == _digest(parameters):
            return offset
        case _:
            raise invalid_token(token)


def _digest(parameters: Parameters) -> str:
    # A token belongs to the query that gave it out; page sizes may change on the way.
    query = {
        name: value for name, value in parameters.items() if name not in {"NextToken", "MaxResults"}
    }
    return hashlib.sha256(repr(sorted(query.items())).encode()).hexdigest()[:16]


def _vertex(entity: Entity) -> dict[str, Any]:
    return {
        "Arn": entity.arn,
        "Type": entity.vertex_type[:MAX_VERTEX_TYPE_LENGTH],
        "LineageType": entity.kind.value,
    }


def _edge(association: Association) -> dict[str, Any]:
    return {
        "SourceArn": association.source_arn,
        "DestinationArn": association.destination_arn,
        **({"AssociationType": association.type} if association.type else {}),
    }
