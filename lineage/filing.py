"""Files a record in SageMaker's graph, and keeps a receipt of the ARNs that it got there.

SageMaker finds artifacts by their URI only, one at a time. The receipt tells the next stage the
ARNs of this one, and lets a repeated stage read back by a few walks whether everything is there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lineage import names
from lineage.errors import LineageNotReady
from lineage.model import Action, Graph, Ref
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.store import Arns, LineageStore

_MOST_NAMED = 5


@dataclass(frozen=True)
class Filing:
    """Where records go to be found."""

    store: LineageStore
    archive: Archive

    def file(self, record: Record, previous: Record | None, *, is_new: bool, check: bool) -> None:
        """Add what SageMaker's graph lacks of the record.

        Args:
            record: What is to be found, already in S3.
            previous: The record that it extends, if any.
            is_new: Whether the record was not in S3 before, so that nobody can have filed it.
            check: Whether to read everything back.

        Raises:
            LineageQuotaExceeded: the account has no room for it.
            LineageNotReady: the graph does not show all of it yet; a retry may find it.
        """
        receipt = None if is_new else self._receipt(record)
        if receipt and not self.store.missing(record.for_index(), receipt):
            return
        # A second attempt takes nothing for filed: retention may have been there in between.
        wanted, known = self._open(record, previous) if is_new else (record.for_index(), {})
        snapshot = self.store.read(_possible(wanted, previous) if is_new else wanted, known)
        arns = self.store.apply(wanted - snapshot.graph, snapshot)
        self.archive.write(names.receipt_uri(record.uri), names.canonical_json(dict(arns)))
        if check:
            self._require_complete(record, arns, snapshot.graph.entities)

    def _open(self, record: Record, previous: Record | None) -> tuple[Graph, Arns]:
        """What was not filed with the previous record, and the ARNs of what was."""
        receipt = self._receipt(previous) if previous else None
        if previous is None or receipt is None:
            return record.for_index(), {}
        return record.for_index() - previous.for_index(), receipt

    def _receipt(self, record: Record) -> Arns | None:
        receipt: Arns | None = self.archive.read_json(names.receipt_uri(record.uri))
        return receipt

    def _require_complete(self, record: Record, arns: Arns, seen: Collection[Ref]) -> None:
        missing = self.store.missing(record.for_index(), arns, seen)
        if missing:
            raise LineageNotReady(
                f"SageMaker's lineage of {record.uri} lacks {_names(missing)}. It may lag behind:"
                " record the stage again, which also repairs what it can."
            )


def _possible(wanted: Graph, previous: Record | None) -> Graph:
    """What may exist although it was never filed: not the actions, only we give such names."""
    earlier = previous.graph.entities if previous else {}
    return Graph(
        {
            ref: entity
            for ref, entity in wanted.entities.items()
            if ref in earlier or not isinstance(entity, Action)
        },
        wanted.associations,
    )


def _names(missing: Graph) -> str:
    edges = [f"{edge.source} -> {edge.destination}" for edge in sorted(missing.associations)]
    every = [*sorted(missing.entities), *edges]
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
