"""What Create and Update requests make of lineage entities; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from embedded_aws.gateway.service import Parameters
from embedded_aws.sagemaker.lineage.entities import Entity, Kind

_DETAILS = ("Description", "Status", "MetadataProperties")


def created(kind: Kind, arn: str, parameters: Parameters, now: datetime) -> Entity:
    """The entity that a Create request asks for."""
    return Entity(
        arn=arn,
        kind=kind,
        name=parameters.get(f"{kind}Name"),
        type=parameters[f"{kind}Type"],
        source=parameters["Source"],
        created_at=now,
        modified_at=now,
        properties=parameters.get("Properties", {}),
        details=_details(parameters),
    )


def updated(entity: Entity, parameters: Parameters, now: datetime) -> Entity:
    """The entity after an Update request.

    ``Properties`` *replaces* the whole property list ("Overwrites the current property
    list", API reference of UpdateArtifact): whoever wants to add one property reads,
    merges and writes. ``PropertiesToRemove`` then takes keys away; the order of the two
    within one request is undocumented.
    """
    return replace(
        entity,
        name=parameters.get(f"{entity.kind}Name", entity.name),
        modified_at=now,
        properties=_without(
            parameters.get("Properties", entity.properties),
            parameters.get("PropertiesToRemove", ()),
        ),
        details={**entity.details, **_details(parameters)},
    )


def _details(parameters: Parameters) -> dict[str, Any]:
    return {member: parameters[member] for member in _DETAILS if member in parameters}


def _without(properties: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    removed = set(keys)
    return {key: value for key, value in properties.items() if key not in removed}
