"""Whether every package is explained whole, and every record is the one that was noted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lineage import api, names, whole
from lineage.clients import SageMaker
from lineage.errors import PackageNotRecorded, UnknownPackage
from lineage.finding import (
    Finding,
    application,
    package_description,
    rerun,
    versions,
)
from lineage.model import Action
from lineage.paging import pages
from lineage.parallel import map_parallel
from lineage.queries import holes
from lineage.queries.excerpt import excerpt
from lineage.queries.packages import MadeBy, PackageGroup
from lineage.queries.shelved import ShelvedNight
from lineage.queries.switch_audit import Standing, audit_switches
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.records.shelf import Shelf, portions
from lineage.records.verification import read_stored, verify
from lineage.removal import is_removed
from lineage.rollouts.endpoints import config_in_service
from lineage.rollouts.switch_log import SwitchLog
from lineage.vocabulary import ActionType, Stage

SCHEMA_VERSION = 2


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
class Audit:
    """Compares what the registry, SageMaker's graph and the bucket say of the same nights.

    Attributes:
        since: The first data date that is looked at; empty for all.
    """

    sagemaker: SageMaker
    packages: PackageGroup
    shelf: Shelf
    log: SwitchLog
    since: str = ""

    def report(self) -> dict[str, Any]:
        """The findings on all packages and nights, as a document by schema/audit.json."""
        indexed, folders = self._indexed_nights(), self.shelf.recorded()
        chosen = [each for each in folders if each.data_date >= self.since]
        audited = list[Audited]()
        outcomes, unfinished = list[Record](), list[Record]()
        for portion in self._shelved(chosen):
            audited += map_parallel(lambda night: self._night(night, indexed), portion)
            outcomes += (it for night in portion for it in night.outcomes)
            unfinished += (it for night in portion for it in night.unfinished)
        others = [each for each in folders if each.data_date < self.since]
        unfinished += self._unfinished(others)
        audited += _lost(folders, indexed)
        nights = [it.document for it in audited]
        packages = self._packages(audited)
        endpoints = self._endpoints(others, outcomes, unfinished)
        return {
            "SchemaVersion": SCHEMA_VERSION,
            **({"Since": self.since} if self.since else {}),
            "Clean": not any(each["Findings"] for each in [*packages, *nights, *endpoints]),
            "Packages": packages,
            "Nights": nights,
            "Endpoints": endpoints,
        }

    def _endpoints(
        self, others: Sequence[Folder], outcomes: Sequence[Record], unfinished: Sequence[Record]
    ) -> list[dict[str, Any]]:
        instants = self.log.instants()
        standing = Standing(
            lambda name: config_in_service(self.sagemaker, name),
            unfinished,
            instants.listed_at,
            frozenset(names.deployment_of(title) for it in others for title in it.deployments),
        )
        return audit_switches(outcomes, self.log, self.log.switches(instants), standing)

    def _unfinished(self, folders: Sequence[Folder]) -> Iterator[Record]:
        """The rollouts of packages of other nights that have not ended."""
        found = [replace(it, titles=frozenset(it.unfinished)) for it in folders if it.unfinished]
        for portion in self._shelved(found):
            yield from (it for night in portion for it in night.unfinished)

    def _shelved(self, folders: Sequence[Folder]) -> Iterator[Sequence[ShelvedNight]]:
        """Read all records of nights, in portions: ten years of them would not fit into memory."""
        for portion in portions(folders):
            stored = map_parallel(lambda it: read_stored(self.shelf, it), portion)
            yield list(map(ShelvedNight, portion, stored))

    def _indexed_nights(self) -> dict[str, Action]:
        """The nights in SageMaker's graph whose records belong into this bucket, by run."""
        described = map_parallel(
            lambda arn: api.describe(self.sagemaker, arn).entity, self._night_arns()
        )
        ours = f"s3://{self.shelf.bucket}/"
        return {
            it.properties["RunId"]: it
            for it in described
            if isinstance(it, Action)
            and it.properties.get("RecordUri", "").startswith(ours)
            and it.properties["DataDate"] >= self.since
        }

    def _night_arns(self) -> Iterator[str]:
        asked = {"ActionType": ActionType.NIGHTLY_RETRAIN, "MaxResults": 100}
        for page in pages(self.sagemaker.list_actions, **asked):
            yield from (each["ActionArn"] for each in page["ActionSummaries"])

    def _packages(self, audited: Sequence[Audited]) -> list[dict[str, Any]]:
        makers = {arn: night for night in audited for arn in night.package_arns}
        runs = {MadeBy(it.folder.data_date, it.folder.run_id): it for it in audited}

        def package(arn: str) -> dict[str, Any] | None:
            made_by = None if arn in makers else self._made_by(arn)
            if made_by and made_by.data_date < self.since:
                return None
            return self._package(arn, makers.get(arn) or (runs.get(made_by) if made_by else None))

        return list(filter(None, map_parallel(package, self.packages.versions(self.since))))

    def _made_by(self, package_arn: str) -> MadeBy | None:
        try:
            return self.packages.made_by(package_arn)
        except (PackageNotRecorded, UnknownPackage):
            return None

    def _package(self, arn: str, maker: Audited | None) -> dict[str, Any]:
        """What is found of a package beside what was of its night already."""
        if maker and maker.index in {Index.PRUNED, Index.KEPT}:
            return {"PackageArn": arn, "Index": maker.index, "Findings": []}
        graph = excerpt(self.sagemaker, arn)
        missing = list(whole.complaints(graph, Stage.REGISTRATION)) if graph else []
        findings = []
        if maker is None or (arn not in maker.package_arns and not maker.findings):
            told = "no record tells of its registration"
            findings.append(Finding(told, package_description(arn)))
        elif not maker.findings and missing:
            told = f"SageMaker's graph has {'; '.join(missing)}"
            findings.append(Finding(told, application(maker.folder.run_id)))
        index = _shown(missing) if graph else Index.ABSENT
        return {"PackageArn": arn, "Index": index, "Findings": [it.document for it in findings]}

    def _night(self, night: ShelvedNight, indexed: Mapping[str, Action]) -> Audited:
        index, missing = self._shown(night, is_indexed=night.folder.run_id in indexed)
        repair = application(night.folder.run_id)
        findings = [*self._of_records(night), *(Finding(it, repair) for it in missing)]
        return Audited(night.folder, night.package_arns, index, findings)

    def _shown(self, night: ShelvedNight, *, is_indexed: bool) -> tuple[Index, list[str]]:
        """How much SageMaker's graph shows of a night, and what is wrong with that."""
        if not is_indexed and night.folder.is_pruned:
            return Index.PRUNED, []
        if not is_indexed:
            return Index.ABSENT, [_UNINDEXED] if night.is_told_of else []
        if night.folder.is_pruned and is_removed(self.sagemaker, night.graph):
            return Index.KEPT, []
        missing = holes.told(self.sagemaker, self.shelf.s3, night)
        return _shown(missing), [_BACK] if night.folder.is_pruned else missing

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


_UNINDEXED = "SageMaker's graph does not have it: it was out of quota, or somebody deleted it"
_BACK = "SageMaker's graph has it again, although it is noted as pruned"


def _shown(missing: Collection[str]) -> Index:
    return Index.HOLES if missing else Index.WHOLE


def _lost(folders: Sequence[Folder], indexed: Mapping[str, Action]) -> Iterator[Audited]:
    """Nights that SageMaker's graph knows and the bucket does not."""
    there = {folder.run_id for folder in folders}
    for run_id, action in sorted(indexed.items()):
        if run_id not in there:
            told = action.properties
            folder = Folder(told["DataDate"], run_id, told["RecordUri"], frozenset())
            finding = Finding(f"{folder.uri} holds no record of it", versions(folder.uri))
            yield Audited(folder, (), Index.WHOLE, (finding,))
