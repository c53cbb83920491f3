"""Whether every package is explained whole, and every record is the one that was noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lineage import api, names, whole
from lineage.clients import SageMaker
from lineage.errors import InvalidTime, PackageNotRecorded, UnknownPackage
from lineage.finding import Finding, application, package_description
from lineage.model import Action
from lineage.paging import pages
from lineage.parallel import map_parallel
from lineage.queries.excerpt import excerpt
from lineage.queries.night_audit import Audited, Index, NightAudit
from lineage.queries.packages import MadeBy, PackageGroup
from lineage.queries.shelved import ShelvedNight
from lineage.queries.switch_audit import OnRecord, SwitchAudit
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.records.shelf import Shelf, portions
from lineage.records.verification import read_stored
from lineage.rollouts.switch_log import SwitchLog
from lineage.vocabulary import ActionType, Stage

SCHEMA_VERSION = 2

Document = dict[str, Any]
Findings = list[Document]
"""What is found of each package, night or endpoint, by schema/audit.json."""


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
        """The findings on all packages and nights, as a document by schema/audit.json.

        A record is written before SageMaker's graph or the switch log tells of it, and soon after
        its package is registered. So switches and packages are listed before the records are, and
        the graph is after: what goes on meanwhile looks like no gap.

        Raises:
            InvalidTime: ``since`` is yet to come.
        """
        switched = self.log.instants()
        _refuse_future(self.since, switched.listed_at.date())
        package_arns = list(self.packages.versions(self.since))
        folders = self.shelf.recorded()
        auditor = NightAudit(self.sagemaker, self.shelf, self._indexed_nights())
        chosen = [each for each in folders if each.data_date >= self.since]
        others = [each for each in folders if each.data_date < self.since]
        audited = list[Audited]()
        outcomes, unfinished = list[Record](), list(self._unfinished(others))
        for portion in self._shelved(chosen):
            audited += map_parallel(auditor.of, portion)
            outcomes += (it for night in portion for it in night.outcomes)
            unfinished += (it for night in portion for it in night.unfinished)
        audited += auditor.lost(folders)
        beside = frozenset(names.deployment_of(it) for each in others for it in each.deployments)
        on_record = OnRecord(outcomes, unfinished, beside)
        return self._document(
            self._packages(package_arns, audited),
            [it.document for it in audited],
            SwitchAudit(self.sagemaker, self.log, switched).report(on_record),
        )

    def _document(self, packages: Findings, nights: Findings, endpoints: Findings) -> Document:
        return {
            "SchemaVersion": SCHEMA_VERSION,
            **({"Since": self.since} if self.since else {}),
            "Clean": not any(each["Findings"] for each in [*packages, *nights, *endpoints]),
            "Packages": packages,
            "Nights": nights,
            "Endpoints": endpoints,
        }

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
        found = map_parallel(lambda arn: api.find_by_arn(self.sagemaker, arn), self._night_arns())
        ours = f"s3://{self.shelf.bucket}/"
        return {
            it.properties["RunId"]: it
            for it in (each.entity for each in found if each)
            if isinstance(it, Action)
            and it.properties.get("RecordUri", "").startswith(ours)
            and it.properties["DataDate"] >= self.since
        }

    def _night_arns(self) -> Iterator[str]:
        asked = {"ActionType": ActionType.NIGHTLY_RETRAIN, "MaxResults": 100}
        for page in pages(self.sagemaker.list_actions, **asked):
            yield from (each["ActionArn"] for each in page["ActionSummaries"])

    def _packages(self, arns: Sequence[str], audited: Sequence[Audited]) -> Findings:
        makers = {arn: night for night in audited for arn in night.package_arns}
        runs = {MadeBy(it.folder.data_date, it.folder.run_id): it for it in audited}

        def package(arn: str) -> dict[str, Any] | None:
            made_by = None if arn in makers else self._made_by(arn)
            if made_by and made_by.data_date < self.since:
                return None
            return self._package(arn, makers.get(arn) or (runs.get(made_by) if made_by else None))

        return list(filter(None, map_parallel(package, arns)))

    def _made_by(self, package_arn: str) -> MadeBy | None:
        try:
            return self.packages.made_by(package_arn)
        except (PackageNotRecorded, UnknownPackage):
            return None

    def _is_held(self, folder: Folder) -> bool:
        """Whether retention has not turned to a night since it was listed."""
        now = self.shelf.folder(folder.data_date, folder.run_id)
        return now is None or now.notes == folder.notes

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
        elif not maker.findings and missing and self._is_held(maker.folder):
            told = f"SageMaker's graph has {'; '.join(missing)}"
            findings.append(Finding(told, application(maker.folder.run_id)))
        index = Index.showing_all_but(missing) if graph else Index.ABSENT
        return {"PackageArn": arn, "Index": index, "Findings": [it.document for it in findings]}


def _refuse_future(since: str, today: date) -> None:
    if since > today.isoformat():
        raise InvalidTime(
            f"{since} is yet to come, so no night of it is on record: give a data date until"
            f" {today.isoformat()}, which is today in UTC"
        )
