"""The lineage graph as an immutable value that can be united, compared and printed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import attrgetter, or_
from typing import Self

from lineage.errors import EntityConflict
from lineage.vocabulary import AssociationType, Status

Ref = str
"""Names an entity within a graph: its kind and what makes it unique, `artifact:s3://b/k`."""

Properties = Mapping[str, str]


def artifact_ref(source_uri: str) -> Ref:
    """The ref of the artifact with this URI."""
    return f"artifact:{source_uri}"


@dataclass(frozen=True)
class Artifact:
    """A thing with a URI; SageMaker knows it by that literal string."""

    source_uri: str
    type: str
    name: str
    properties: Properties = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        """Unique by URI."""
        return artifact_ref(self.source_uri)


@dataclass(frozen=True)
class Action:
    """Something that happened: a job, a night, a deployment."""

    name: str
    type: str
    source_uri: str
    status: Status
    properties: Properties = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        """Unique by name."""
        return f"action:{self.name}"


@dataclass(frozen=True)
class Context:
    """Long-lived surroundings: a workflow, an endpoint."""

    name: str
    type: str
    source_uri: str
    properties: Properties = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        """Unique by name."""
        return f"context:{self.name}"


Entity = Artifact | Action | Context


@dataclass(frozen=True, order=True)
class Association:
    """A directed edge; SageMaker allows one between two entities."""

    source: Ref
    destination: Ref
    type: AssociationType


def merge(one: Entity, other: Entity) -> Entity:
    """Both descriptions of one entity as one: properties add up, a status only moves forward.

    The order does not matter.

    Raises:
        EntityConflict: the two contradict each other.
    """
    _refuse_contradiction(one, other)
    properties = {**other.properties, **one.properties}
    if isinstance(one, Action) and isinstance(other, Action):
        latest = max(one.status, other.status, key=attrgetter("rank"))
        return replace(one, properties=properties, status=latest)
    return replace(one, properties=properties)


def _refuse_contradiction(one: Entity, other: Entity) -> None:
    if (one.ref, one.type, one.source_uri) != (other.ref, other.type, other.source_uri):
        raise EntityConflict(
            f"{one.ref} is a {one.type} of {one.source_uri} and a {other.type} of"
            f" {other.source_uri}: give the second one a name of its own"
        )
    for key in sorted(one.properties.keys() & other.properties.keys()):
        if one.properties[key] != other.properties[key]:
            raise EntityConflict(
                f"{key} of {one.ref} is {one.properties[key]!r} and {other.properties[key]!r}:"
                " find out which of the two was recorded wrongly"
            )


def tells_more(wanted: Entity, existing: Entity) -> bool:
    """Whether ``wanted`` has properties or a status that ``existing`` lacks."""
    if isinstance(wanted, Action) and isinstance(existing, Action):
        return wanted.status.rank > existing.status.rank or _adds(wanted, existing)
    return _adds(wanted, existing)


def _adds(wanted: Entity, existing: Entity) -> bool:
    return not wanted.properties.items() <= existing.properties.items()


@dataclass(frozen=True)
class Graph:
    """Entities by ref, and associations; an association may point outside the graph."""

    entities: Mapping[Ref, Entity] = field(default_factory=dict)
    associations: frozenset[Association] = frozenset()

    @classmethod
    def of(cls, *entities: Entity, associations: Iterable[Association] = ()) -> Self:
        """The graph of these entities and associations."""
        return cls({entity.ref: entity for entity in entities}, frozenset(associations))

    @classmethod
    def united(cls, parts: Iterable[Graph]) -> Graph:
        """Everything in any of the graphs.

        Raises:
            EntityConflict: two of them contradict each other.
        """
        return reduce(or_, parts, Graph())

    def __or__(self, other: Graph) -> Graph:
        """Everything in either graph, entities in both merged.

        Raises:
            EntityConflict: the graphs contradict each other.
        """
        united: dict[Ref, Entity] = {**self.entities, **other.entities}
        for ref in self.entities.keys() & other.entities.keys():
            united[ref] = merge(self.entities[ref], other.entities[ref])
        return Graph(united, self.associations | other.associations)

    def __sub__(self, other: Graph) -> Graph:
        """What this graph tells and ``other`` does not: the plan that makes ``other`` complete."""
        return Graph(
            {
                ref: entity
                for ref, entity in self.entities.items()
                if ref not in other.entities or tells_more(entity, other.entities[ref])
            },
            self.associations - other.associations,
        )

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.entities or self.associations)

    def artifacts(self, artifact_type: str) -> tuple[Artifact, ...]:
        """The artifacts of a type, ordered by ref."""
        return tuple(it for it in self._ordered(artifact_type) if isinstance(it, Artifact))

    def actions(self, action_type: str) -> tuple[Action, ...]:
        """The actions of a type, ordered by ref."""
        return tuple(it for it in self._ordered(action_type) if isinstance(it, Action))

    def _ordered(self, entity_type: str) -> list[Entity]:
        found = [entity for entity in self.entities.values() if entity.type == entity_type]
        return sorted(found, key=attrgetter("ref"))

    def sources_of(self, ref: Ref) -> frozenset[Ref]:
        """The refs with an association to ``ref``."""
        return frozenset(edge.source for edge in self.associations if edge.destination == ref)

    def path(self, end: Ref, start: Ref) -> tuple[Ref, ...]:
        """A shortest way back from ``end`` to ``start``, both included; empty if there is none."""
        paths: dict[Ref, tuple[Ref, ...]] = {end: (end,)}
        waiting = deque([end])
        while waiting and start not in paths:
            ref = waiting.popleft()
            for source in sorted(self.sources_of(ref) - paths.keys()):
                paths[source] = (*paths[ref], source)
                waiting.append(source)
        return paths.get(start, ())
