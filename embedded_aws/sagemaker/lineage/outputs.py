"""Lineage entities as the API shows them."""

from __future__ import annotations

from typing import Any

from embedded_aws.gateway.service import Parameters
from embedded_aws.sagemaker.lineage.entities import Entity
from embedded_aws.sagemaker.listing import SortKey, within


def described(entity: Entity, group_arn: str) -> dict[str, Any]:
    """The output of a Describe operation; CreatedBy is left out, callers are not identified yet."""
    return {
        **_summarised(entity),
        "Properties": dict(entity.properties),
        "LineageGroupArn": group_arn,
        **entity.details,
    }


def summarised(entity: Entity) -> dict[str, Any]:
    """An entry of a List operation."""
    status = entity.details.get("Status")
    return {**_summarised(entity), **({"Status": status} if status else {})}


def _summarised(entity: Entity) -> dict[str, Any]:
    kind = entity.kind
    return {
        f"{kind}Arn": entity.arn,
        **({f"{kind}Name": entity.name} if entity.name else {}),
        f"{kind}Type": entity.type,
        "Source": dict(entity.source),
        "CreationTime": entity.created_at,
        "LastModifiedTime": entity.modified_at,
    }


def is_listed(entity: Entity, parameters: Parameters) -> bool:
    """Whether a List operation's filters let an entity through."""
    wanted_type = parameters.get(f"{entity.kind}Type", entity.type)
    wanted_source = parameters.get("SourceUri", entity.source_uri)
    return (
        entity.type == wanted_type
        and entity.source_uri == wanted_source
        and within(
            entity.created_at, parameters.get("CreatedAfter"), parameters.get("CreatedBefore")
        )
    )


def sort_key(entity: Entity, parameters: Parameters) -> SortKey:
    """Where an entity stands in a list: by CreationTime unless SortBy says Name."""
    if parameters.get("SortBy") == "Name":
        return (entity.name or "", entity.arn)
    return (entity.created_at.timestamp(), entity.arn)
