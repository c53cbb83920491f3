"""Walks through SageMaker's lineage graph along our own entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from botocore.exceptions import ClientError

from lineage import api
from lineage.clients import Response, SageMaker
from lineage.paging import pages
from lineage.vocabulary import AssociationType

DEEPEST = 10
_PAGE_SIZE = 50
_KINDS = ("Artifact", "Action", "Context")


class Direction(StrEnum):
    """Where a walk goes; `Both` would flood through whatever nights have in common."""

    ASCENDANTS = "Ascendants"
    DESCENDANTS = "Descendants"


@dataclass(frozen=True)
class Edge:
    """An association between two ARNs."""

    source_arn: str
    destination_arn: str
    type: AssociationType | None


@dataclass(frozen=True)
class Walk:
    """What a walk found: entity types by ARN, the start included, and the edges between them."""

    types: Mapping[str, str] = field(default_factory=dict)
    edges: frozenset[Edge] = frozenset()

    def connected_to(self, start_arn: str) -> Walk:
        """The part that hangs together with an entity."""
        edges = {e for e in self.edges if {e.source_arn, e.destination_arn} <= self.types.keys()}
        reached, waiting = set[str](), {start_arn}
        while waiting:
            arn = waiting.pop()
            reached.add(arn)
            touching = [e for e in edges if arn in (e.source_arn, e.destination_arn)]
            waiting |= {end for e in touching for end in (e.source_arn, e.destination_arn)}
            waiting -= reached
        return Walk(
            {arn: entity_type for arn, entity_type in self.types.items() if arn in reached},
            frozenset(e for e in edges if e.source_arn in reached),
        )


def walk(
    sagemaker: SageMaker, start_arn: str, direction: Direction, max_depth: int = DEEPEST
) -> Walk:
    """Walk from an entity, page by page; from one that is not there, nowhere.

    SageMaker's own trial components connect the same data sets and models. What is found only by
    way of them (code, images, further outputs of jobs) is left out with them.
    """
    asked = {
        "StartArns": [start_arn],
        "Direction": direction,
        "IncludeEdges": True,
        "Filters": {"LineageTypes": list(_KINDS)},
        "MaxDepth": max_depth,
        "MaxResults": _PAGE_SIZE,
    }
    try:
        found = list(pages(sagemaker.query_lineage, **asked))
    except ClientError as refused:
        # It may be gone since it was found: retention runs beside.
        if api.is_error(refused, "ResourceNotFound"):
            return Walk()
        raise
    types = {
        vertex["Arn"]: vertex.get("Type", "")
        for page in found
        for vertex in page["Vertices"]
        if vertex["LineageType"] in _KINDS
    }
    edges = frozenset(_parse_edge(edge) for page in found for edge in page["Edges"])
    return Walk(types, edges).connected_to(start_arn)


def _parse_edge(edge: Response) -> Edge:
    known = {str(each) for each in AssociationType}
    given = edge.get("AssociationType")
    return Edge(
        edge["SourceArn"],
        edge["DestinationArn"],
        AssociationType(given) if given in known else None,
    )
