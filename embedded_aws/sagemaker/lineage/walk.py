"""Walks outward from one entity; each costs what it reaches, however large the graph is."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from embedded_aws.sagemaker.lineage.entities import Association
from embedded_aws.sagemaker.lineage.graph import Graph

ASCENDANTS = "Ascendants"
DESCENDANTS = "Descendants"
BOTH = "Both"


@dataclass(frozen=True)
class Walk:
    """What was reached: depth by ARN, nearest first, and the associations that were followed."""

    depths: dict[str, int]
    associations: tuple[Association, ...]

    def paths_to(self, matches: Iterable[str]) -> Collection[str]:
        """Everything that lies on a shortest path from the start to any of ``matches``."""
        nearer = self._nearer_neighbours()
        kept: set[str] = set()
        pending = list(matches)
        while pending:
            arn = pending.pop()
            if arn not in kept:
                kept.add(arn)
                pending.extend(nearer[arn])
        return kept

    def _nearer_neighbours(self) -> dict[str, list[str]]:
        nearer: dict[str, list[str]] = defaultdict(list)
        for association in self.associations:
            ends = association.source_arn, association.destination_arn
            near, far = sorted(ends, key=self.depths.__getitem__)
            if self.depths[near] < self.depths[far]:
                nearer[far].append(near)
        return nearer


def walk(graph: Graph, start: str, direction: str, max_depth: int) -> Walk:
    """Follow associations from ``start``, breadth first, at most ``max_depth`` of them deep.

    ``Both`` turns around at every entity, not only at the start ("Querying Lineage
    Entities"), and so goes through everything that shares, say, an image.
    """
    depths = {start: 0}
    followed: dict[tuple[str, str], Association] = {}
    pending = deque([start])
    with graph.lock:
        while pending:
            arn = pending.popleft()
            if depths[arn] == max_depth:
                continue
            for neighbour, association in _steps(graph, arn, direction):
                followed[association.source_arn, association.destination_arn] = association
                if neighbour not in depths:
                    depths[neighbour] = depths[arn] + 1
                    pending.append(neighbour)
    return Walk(depths, tuple(followed.values()))


def _steps(graph: Graph, arn: str, direction: str) -> Iterator[tuple[str, Association]]:
    if direction != DESCENDANTS:
        for association in graph.incoming(arn):
            yield association.source_arn, association
    if direction != ASCENDANTS:
        for association in graph.outgoing(arn):
            yield association.destination_arn, association
