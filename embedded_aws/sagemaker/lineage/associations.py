"""AddAssociation, DeleteAssociation and ListAssociations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.clock import Clock
from embedded_aws.gateway.service import Operation, Parameters, RequestContext, ServiceError
from embedded_aws.sagemaker.lineage.entities import Association, Entity, Kind, kind_of
from embedded_aws.sagemaker.lineage.graph import Graph
from embedded_aws.sagemaker.listing import SortKey, page, within


@dataclass(frozen=True)
class _Joined:
    association: Association
    source: Entity
    destination: Entity


class Associations:
    """The edges of one account's graph.

    The API's patterns admit only ARNs of lineage and experiment entities; there are no
    experiments here, so theirs are not found.
    """

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """The operations, by API name."""
        return {
            "AddAssociation": self._add,
            "DeleteAssociation": self._delete,
            "ListAssociations": self._list,
        }

    def _add(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        source, destination = parameters["SourceArn"], parameters["DestinationArn"]
        _refuse_impossible_pair(source, destination)
        association_type = parameters.get("AssociationType")
        now = self._clock.now()
        self._graph.associate(Association(source, destination, association_type, now))
        return {"SourceArn": source, "DestinationArn": destination}

    def _delete(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        source, destination = parameters["SourceArn"], parameters["DestinationArn"]
        self._graph.dissociate(source, destination)
        return {"SourceArn": source, "DestinationArn": destination}

    def _list(self, parameters: Parameters, _: RequestContext) -> dict[str, Any]:
        with self._graph.lock:
            joined = [self._joined(each) for each in self._candidates(parameters)]
        listed = (each for each in joined if _is_listed(each, parameters))
        found = page(listed, lambda each: _sort_key(each, parameters), parameters)
        return found.answer("AssociationSummaries", _summarised)

    def _candidates(self, parameters: Parameters) -> Collection[Association]:
        source, destination = parameters.get("SourceArn"), parameters.get("DestinationArn")
        if source and destination:
            found = self._graph.association(source, destination)
            return (found,) if found else ()
        if source:
            return self._graph.outgoing(source)
        if destination:
            return self._graph.incoming(destination)
        return self._graph.associations()

    def _joined(self, association: Association) -> _Joined:
        return _Joined(
            association,
            self._graph.get(association.source_arn),
            self._graph.get(association.destination_arn),
        )


def _refuse_impossible_pair(source: str, destination: str) -> None:
    if kind_of(source) == kind_of(destination) == Kind.TRIAL_COMPONENT:
        # "Manually create tracking entities": two experiment entities can't be associated.
        message = f"Two experiment entities cannot be associated: [{source}], [{destination}]"
        raise ServiceError("ValidationException", message)
    if source == destination:
        # Undocumented; refused, because no lineage graph means anything by it.
        raise ServiceError("ValidationException", f"[{source}] cannot be associated with itself")


def _is_listed(each: _Joined, parameters: Parameters) -> bool:
    association = each.association
    wanted = {
        "SourceType": each.source.type,
        "DestinationType": each.destination.type,
        "AssociationType": association.type,
    }
    after, before = parameters.get("CreatedAfter"), parameters.get("CreatedBefore")
    return within(association.created_at, after, before) and all(
        parameters.get(name, value) == value for name, value in wanted.items()
    )


def _sort_key(each: _Joined, parameters: Parameters) -> SortKey:
    association = each.association
    pair = (association.source_arn, association.destination_arn)
    first: dict[str, SortKey] = {
        "SourceArn": (association.source_arn,),
        "DestinationArn": (association.destination_arn,),
        "SourceType": (each.source.type,),
        "DestinationType": (each.destination.type,),
        "CreationTime": (association.created_at.timestamp(),),
    }
    return (*first[parameters.get("SortBy", "CreationTime")], *pair)


def _summarised(each: _Joined) -> dict[str, Any]:
    association = each.association
    optional = {
        "AssociationType": association.type,
        "SourceName": each.source.name,
        "DestinationName": each.destination.name,
    }
    return {
        "SourceArn": association.source_arn,
        "DestinationArn": association.destination_arn,
        "SourceType": each.source.type,
        "DestinationType": each.destination.type,
        "CreationTime": association.created_at,
        **{member: value for member, value in optional.items() if value is not None},
    }
