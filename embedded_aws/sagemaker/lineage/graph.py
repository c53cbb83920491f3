"""The lineage graph of an account, indexed so that no question about one entity scans it all."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator

from embedded_aws.gateway.service import ServiceError
from embedded_aws.sagemaker.lineage.entities import Association, Entity, Kind, kind_of
from embedded_aws.sagemaker.lineage.quotas import LineageQuotas

ASSOCIATIONS = "Associations"


class Graph:
    """Entities and associations; every method is atomic, ``lock`` makes several of them so."""

    def __init__(self, quotas: LineageQuotas) -> None:
        self.lock = threading.RLock()
        self._limits = {
            f"{Kind.ACTION}s": quotas.actions,
            f"{Kind.ARTIFACT}s": quotas.artifacts,
            f"{Kind.CONTEXT}s": quotas.contexts,
            ASSOCIATIONS: quotas.associations,
        }
        self._manual: Counter[str] = Counter()
        self._entities: dict[Kind, dict[str, Entity]] = {kind: {} for kind in Kind}
        self._by_source: dict[str, dict[str, None]] = defaultdict(dict)
        self._outgoing: dict[str, dict[str, Association]] = defaultdict(dict)
        self._incoming: dict[str, dict[str, Association]] = defaultdict(dict)

    def find(self, arn: str) -> Entity | None:
        """The entity of an ARN, if there is one."""
        kind = kind_of(arn)
        with self.lock:
            return self._entities[kind].get(arn) if kind else None

    def get(self, arn: str) -> Entity:
        """The entity of an ARN.

        Raises:
            ServiceError: ``ResourceNotFound``.
        """
        found = self.find(arn)
        if found is None:
            raise ServiceError("ResourceNotFound", f"The lineage entity [{arn}] does not exist.")
        return found

    def of_kind(self, kind: Kind) -> Collection[Entity]:
        """A snapshot of all entities of one kind."""
        with self.lock:
            return tuple(self._entities[kind].values())

    def from_source(self, kind: Kind, source_uri: str) -> Collection[Entity]:
        """All entities of one kind that stand for a URI."""
        with self.lock:
            entities = self._entities[kind]
            arns = self._by_source.get(source_uri, {})
            return tuple(entities[arn] for arn in arns if arn in entities)

    def add(self, entity: Entity) -> None:
        """Keep a new entity.

        Raises:
            ServiceError: ``ValidationException`` when it exists, which is what AWS answers
                ("Manually create tracking entities"; the SageMaker SDK looks for the words
                "already exists"), ``ResourceLimitExceeded`` when the quota is used up.
        """
        with self.lock:
            if self.find(entity.arn) is not None:
                message = f"The {entity.kind.lower()} [{entity.arn}] already exists."
                raise ServiceError("ValidationException", message)
            self._count(f"{entity.kind}s", automatic=entity.automatic)
            self._entities[entity.kind][entity.arn] = entity
            self._by_source[entity.source_uri][entity.arn] = None

    def change(self, arn: str, changed: Callable[[Entity], Entity]) -> Entity:
        """Replace an entity by what ``changed`` makes of it; ARN and source must stay."""
        with self.lock:
            entity = changed(self.get(arn))
            self._entities[entity.kind][arn] = entity
            return entity

    def remove(self, arn: str) -> None:
        """Delete an entity that has no associations.

        Raises:
            ServiceError: ``ResourceNotFound``, or ``ValidationException`` while associations
                remain (the SageMaker SDK deletes them first; the text is undocumented).
        """
        with self.lock:
            entity = self.get(arn)
            if self._outgoing.get(arn) or self._incoming.get(arn):
                message = f"[{arn}] still has associations; delete them with DeleteAssociation."
                raise ServiceError("ValidationException", message)
            del self._entities[entity.kind][arn]
            _drop(self._by_source, entity.source_uri, arn)
            self._uncount(f"{entity.kind}s", automatic=entity.automatic)

    def associate(self, association: Association) -> None:
        """Join two entities.

        Raises:
            ServiceError: ``ResourceNotFound`` when an end is missing, ``ValidationException``
                when the pair is joined already, ``ResourceLimitExceeded``.
        """
        source, destination = association.source_arn, association.destination_arn
        with self.lock:
            self.get(source)
            self.get(destination)
            if self.association(source, destination) is not None:
                message = f"The association from [{source}] to [{destination}] already exists."
                raise ServiceError("ValidationException", message)
            self._count(ASSOCIATIONS, automatic=association.automatic)
            self._outgoing[source][destination] = association
            self._incoming[destination][source] = association

    def dissociate(self, source: str, destination: str) -> None:
        """Part two entities.

        Raises:
            ServiceError: ``ResourceNotFound`` when they are not joined.
        """
        with self.lock:
            association = self.association(source, destination)
            if association is None:
                message = f"The association from [{source}] to [{destination}] does not exist."
                raise ServiceError("ResourceNotFound", message)
            _drop(self._outgoing, source, destination)
            _drop(self._incoming, destination, source)
            self._uncount(ASSOCIATIONS, automatic=association.automatic)

    def association(self, source: str, destination: str) -> Association | None:
        """The association of a pair, if there is one."""
        with self.lock:
            return self._outgoing.get(source, {}).get(destination)

    def outgoing(self, arn: str) -> Collection[Association]:
        """The associations that start at an entity."""
        with self.lock:
            return tuple(self._outgoing.get(arn, {}).values())

    def incoming(self, arn: str) -> Collection[Association]:
        """The associations that end at an entity."""
        with self.lock:
            return tuple(self._incoming.get(arn, {}).values())

    def associations(self) -> Collection[Association]:
        """A snapshot of all associations."""
        with self.lock:
            return tuple(self._all_associations())

    def _all_associations(self) -> Iterator[Association]:
        for by_destination in self._outgoing.values():
            yield from by_destination.values()

    def _count(self, resource: str, *, automatic: bool) -> None:
        if automatic:
            return
        limit, used = self._limits[resource], self._manual[resource]
        if used >= limit:
            # The sentence is the one of SageMaker's other quotas; this one's is undocumented.
            message = (
                f"The account-level service limit '{resource} created manually' is {limit}"
                f" {resource}, with current utilization of {used} {resource} and a request"
                f" delta of 1 {resource}. Please use AWS Service Quotas to request an increase."
            )
            raise ServiceError("ResourceLimitExceeded", message)
        self._manual[resource] += 1

    def _uncount(self, resource: str, *, automatic: bool) -> None:
        if not automatic:
            self._manual[resource] -= 1


def _drop(
    index: dict[str, dict[str, Association]] | dict[str, dict[str, None]], key: str, item: str
) -> None:
    del index[key][item]
    if not index[key]:
        del index[key]
