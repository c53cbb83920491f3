"""Files a record in SageMaker's graph, and keeps a receipt of the ARNs that it got there.

SageMaker finds artifacts by their URI only, one at a time. The receipt tells the next stage the
ARNs of this one, and lets a repeated stage read back by a few walks whether everything is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineage import names
from lineage.archive import Archive
from lineage.errors import LineageNotReady
from lineage.model import Graph
from lineage.record import Record
from lineage.store import Arns, LineageStore

_MOST_NAMED = 5


@dataclass(frozen=True)
class Filing:
    """Where records go to be found."""

    store: LineageStore
    archive: Archive

    def plan(self, record: Record, previous: Record | None) -> Graph:
        """What filing the record would add to SageMaker's graph; changes nothing."""
        wanted, known = self._open(record, previous)
        return wanted - self.store.read(wanted, known).graph

    def file(self, record: Record, previous: Record | None) -> Arns:
        """Add what SageMaker's graph lacks of the record; return the ARN of every entity."""
        receipt = self._receipt(record)
        if receipt and not self.store.missing(record.for_index(), receipt):
            return receipt
        wanted, known = (record.for_index(), {}) if receipt else self._open(record, previous)
        snapshot = self.store.read(wanted, known)
        arns = self.store.apply(wanted - snapshot.graph, snapshot)
        self.archive.write(names.receipt_uri(record.uri), names.canonical_json(dict(arns)))
        return arns

    def require_complete(self, record: Record, arns: Arns) -> None:
        """Check that SageMaker's graph shows the record's whole lineage.

        Raises:
            LineageNotReady: it does not yet; a retry may find it.
        """
        missing = self.store.missing(record.for_index(), arns)
        if missing:
            raise LineageNotReady(
                f"SageMaker's lineage of {record.uri} lacks {_names(missing)}. It may lag behind:"
                " record the stage again, which also repairs what it can."
            )

    def _open(self, record: Record, previous: Record | None) -> tuple[Graph, Arns]:
        """What was not filed with the previous record, and the ARNs of what was."""
        receipt = self._receipt(previous) if previous else None
        if previous is None or receipt is None:
            return record.for_index(), {}
        return record.for_index() - previous.for_index(), receipt

    def _receipt(self, record: Record) -> Arns | None:
        receipt: Arns | None = self.archive.read_json(names.receipt_uri(record.uri))
        return receipt


def _names(missing: Graph) -> str:
    edges = [f"{edge.source} -> {edge.destination}" for edge in sorted(missing.associations)]
    every = [*sorted(missing.entities), *edges]
    more = len(every) - _MOST_NAMED
    return ", ".join(every[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
