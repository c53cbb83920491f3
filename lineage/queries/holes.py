"""What SageMaker's graph lacks of a night, and what only cannot be reached without that."""

from __future__ import annotations

from lineage import names
from lineage.clients import S3, SageMaker
from lineage.model import Graph
from lineage.queries.shelved import ShelvedNight, together
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.store import LineageStore


def told(sagemaker: SageMaker, s3: S3, night: ShelvedNight) -> list[str]:
    """Every hole in what SageMaker's graph should show of a night and its package's deployments.

    A few walks tell whether there is any. Only then each entity and association is looked up, for
    a walk ends at a hole, and shows nothing of what is there beyond.
    """
    store = LineageStore(sagemaker)
    unseen = together(_unseen(store, s3, record) for record in night.longest)
    if not unseen:
        return []
    wanted = together(record.for_index() for record in night.longest)
    there = store.read(wanted, {}).graph
    entities = wanted.entities.keys() - there.entities.keys()
    edges = {
        edge
        for edge in wanted.associations - there.associations
        if not {edge.source, edge.destination} & entities
    }
    gone = [*sorted(entities), *(f"{it.source} -> {it.destination}" for it in sorted(edges))]
    beyond = len(unseen.entities.keys() - entities)
    if not gone:
        return [f"no walk reaches {beyond} of its entities, which are there: the index may lag"]
    unreached = f"; {beyond} that are there are not reached without it" if beyond else ""
    return [f"SageMaker's graph lacks {it}" for it in gone[:-1]] + [
        f"SageMaker's graph lacks {gone[-1]}{unreached}"
    ]


def _unseen(store: LineageStore, s3: S3, record: Record) -> Graph:
    receipt = Archive(s3).read_json(names.receipt_uri(record.uri)) or {}
    return store.missing(record.for_index(), receipt)
