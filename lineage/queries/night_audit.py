"""What a night has on record, compared with what SageMaker's graph shows of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from lineage import whole
from lineage.clients import SageMaker
from lineage.finding import Finding, application, rerun, versions
from lineage.model import Action
from lineage.queries import holes
from lineage.queries.shelved import ShelvedNight
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.records.verification import night_action, read_stored, verify
from lineage.removal import is_removed

_UNINDEXED = "SageMaker's graph does not have it: it was out of quota, or somebody deleted it"
_BACK = "SageMaker's graph has it again, although it is noted as pruned"


class Index(StrEnum):
    """How much SageMaker's graph shows.

    KEPT is what others are connected with, and all that is left of a pruned night; ABSENT is what
    nobody pruned.
    """

    WHOLE = "Whole"
    HOLES = "Holes"
    PRUNED = "Pruned"
    KEPT = "Kept"
    ABSENT = "Absent"

    @classmethod
    def showing_all_but(cls, missing: Collection[str]) -> Self:
        """Of what is there, except for some of it."""
        return cls.HOLES if missing else cls.WHOLE


@dataclass(frozen=True)
class Audited:
    """What was found of a night.

    Attributes:
        index: How much SageMaker's graph shows of it.
    """

    folder: Folder
    package_arns: Sequence[str]
    index: Index
    findings: Sequence[Finding]

    @property
    def document(self) -> dict[str, Any]:
        """An item of Nights by schema/audit.json."""
        return {
            "DataDate": self.folder.data_date,
            "RunId": self.folder.run_id,
            "Index": self.index,
            "Findings": [it.document for it in self.findings],
        }


@dataclass(frozen=True)
class NightAudit:
    """Compares what SageMaker's graph and the bucket say of the same nights.

    Attributes:
        indexed: The nights in SageMaker's graph, by run; listed after the records were.
    """

    sagemaker: SageMaker
    shelf: Shelf
    indexed: Mapping[str, Action]

    def of(self, night: ShelvedNight) -> Audited:
        """What is found of a night; if it has gone on since it was listed, of how it is now."""
        audited = self._judged(night)
        if not audited.findings:
            return audited
        now = self.shelf.folder(night.folder.data_date, night.folder.run_id)
        if now is None or now == night.folder:
            return audited
        return self._judged(ShelvedNight(now, read_stored(self.shelf, now)))

    def lost(self, folders: Sequence[Folder]) -> Iterator[Audited]:
        """Nights that SageMaker's graph knows and the bucket does not, nor by now."""
        there = {folder.run_id for folder in folders}
        for run_id, action in sorted(self.indexed.items()):
            data_date, uri = (action.properties[key] for key in ("DataDate", "RecordUri"))
            if run_id not in there and self.shelf.folder(data_date, run_id) is None:
                finding = Finding(f"{uri} holds no record of it", versions(uri))
                folder = Folder(data_date, run_id, uri, frozenset())
                yield Audited(folder, (), Index.WHOLE, (finding,))

    def _judged(self, night: ShelvedNight) -> Audited:
        index, missing = self._shown(night)
        repair = application(night.folder.run_id)
        findings = [*self._of_records(night), *(Finding(it, repair) for it in missing)]
        return Audited(night.folder, night.package_arns, index, findings)

    def _shown(self, night: ShelvedNight) -> tuple[Index, list[str]]:
        """How much SageMaker's graph shows of a night, and what is wrong with that."""
        if night.folder.is_pruned:
            return self._shown_of_pruned(night)
        is_indexed = night.folder.run_id in self.indexed
        if not (is_indexed or night_action(self.sagemaker, night.stored)):
            return Index.ABSENT, [_UNINDEXED] if night.is_told_of else []
        missing = holes.told(self.sagemaker, self.shelf.s3, night)
        return Index.showing_all_but(missing), missing

    def _shown_of_pruned(self, night: ShelvedNight) -> tuple[Index, list[str]]:
        if night.folder.run_id not in self.indexed:
            return Index.PRUNED, []
        if is_removed(self.sagemaker, night.graph):
            return Index.KEPT, []
        missing = holes.told(self.sagemaker, self.shelf.s3, night)
        return Index.showing_all_but(missing), [_BACK]

    def _of_records(self, night: ShelvedNight) -> Iterator[Finding]:
        folder, last = night.folder, night.last
        unreadable = {it.uri for it in night.stored.values() if it.record is None}
        verified = verify(self.sagemaker, self.shelf, folder, night.stored)
        changed = {it.uri: it.what for it in verified.changes}
        for uri, what in changed.items():
            more = "; it is no record any more" if uri in unreadable else ""
            yield Finding(f"{what}{more}", versions(uri))
        for uri in sorted(unreadable - changed.keys()):
            yield Finding(f"{uri} is no record any more", versions(uri))
        if verified.lacking:
            yield Finding(verified.lacking, application(folder.run_id))
        if last and last.uri not in changed:
            for complaint in whole.complaints(last.graph, last.stage):
                yield Finding(complaint, rerun(last.night["ExecutionArn"]))
