"""What recording an execution again would add to SageMaker's graph, told without adding it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lineage import names
from lineage.clients import SageMaker
from lineage.errors import InvalidDocument
from lineage.finding import Finding, versions
from lineage.model import Action, Association, Entity, Graph
from lineage.records.failure import FailureRecord
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.records.shelf import Shelf
from lineage.records.verification import Stored, read_stored, verify
from lineage.store import LineageStore

SCHEMA_VERSION = 2


def plan(sagemaker: SageMaker, shelf: Shelf, folder: Folder) -> dict[str, Any]:
    """The calls, in order, that would make SageMaker's graph hold all that a night has on record.

    None, but what was found, if a record is not the one that was noted: a call could overwrite the
    note, which is the only evidence.

    Returns:
        A document by schema/plan.json.

    Raises:
        InvalidDocument: a record cannot be read.
    """
    stored = read_stored(shelf, folder)
    titles = [*(stage.lower() for stage in folder.stages), *folder.deployments, *folder.failures]
    changes = verify(sagemaker, shelf, folder, stored).changes
    records = [it.record for it in stored.values() if it.record]
    if not changes:
        records = [_record(stored[title]) for title in titles]
    return {
        "SchemaVersion": SCHEMA_VERSION,
        **({"ExecutionArn": records[0].night["ExecutionArn"]} if records else {}),
        "DataDate": folder.data_date,
        "RunId": folder.run_id,
        "Pruned": folder.is_pruned,
        "Records": [names.record_uri(folder.uri, title) for title in titles],
        "Findings": [Finding(it.what, versions(it.uri)).document for it in changes],
        "Calls": [] if changes else _repair(sagemaker, records),
    }


def _repair(
    sagemaker: SageMaker, records: Iterable[Record | FailureRecord]
) -> list[dict[str, Any]]:
    wanted = Graph.united(it.for_index() for it in records)
    existing = LineageStore(sagemaker).read(wanted, {}).graph
    return list(calls(wanted - existing, existing))


def calls(missing: Graph, existing: Graph) -> Iterator[dict[str, Any]]:
    """What adds ``missing`` to ``existing``: entities first, then what joins them."""
    for ref, entity in missing.entities.items():
        before = existing.entities.get(ref)
        yield _update(before, entity) if before else _creation(entity)
    for edge in sorted(missing.associations):
        yield _addition(edge)


def _record(stored: Stored) -> Record | FailureRecord:
    if stored.record is None:
        raise InvalidDocument(
            f"{stored.uri} is no record: `nightly audit` tells whether it was changed, and its"
            " bucket keeps the version before."
        )
    return stored.record


def _creation(entity: Entity) -> dict[str, Any]:
    return {
        "Operation": f"Create{_kind(entity)}",
        "Name": entity.name,
        "Type": str(entity.type),
        "SourceUri": entity.source_uri,
        "Properties": dict(entity.properties),
        **_status(entity),
    }


def _update(before: Entity, entity: Entity) -> dict[str, Any]:
    """Only what is added: the call itself repeats what is there, which would else be lost."""
    added = dict(entity.properties.items() - before.properties.items())
    is_ahead = (
        isinstance(entity, Action)
        and isinstance(before, Action)
        and entity.status.rank > before.status.rank
    )
    return {
        "Operation": f"Update{_kind(entity)}",
        "Name": entity.name,
        "SourceUri": entity.source_uri,
        "Properties": dict(sorted(added.items())),
        **(_status(entity) if is_ahead else {}),
    }


def _addition(edge: Association) -> dict[str, Any]:
    return {
        "Operation": "AddAssociation",
        "Source": edge.source,
        "Destination": edge.destination,
        "Type": str(edge.type),
    }


def _kind(entity: Entity) -> str:
    return type(entity).__name__


def _status(entity: Entity) -> Mapping[str, str]:
    return {"Status": str(entity.status)} if isinstance(entity, Action) else {}
