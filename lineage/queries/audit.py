"""Whether every package is explained whole, and every record is the one that was noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from lineage import api, names, whole
from lineage.clients import SageMaker
from lineage.model import Action, Graph
from lineage.paging import pages
from lineage.parallel import map_parallel
from lineage.queries.excerpt import excerpt
from lineage.queries.packages import PackageGroup
from lineage.queries.switch_audit import Standing, audit_switches
from lineage.records.archive import Archive
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.records.shelf import Shelf, portions
from lineage.records.verification import Stored, changes, read_stored
from lineage.rollouts.endpoints import config_in_service
from lineage.rollouts.switch_log import SwitchLog
from lineage.store import LineageStore
from lineage.vocabulary import ActionType, Stage

SCHEMA_VERSION = 1


class Index(StrEnum):
    """How much SageMaker's graph shows; ABSENT is what nobody pruned."""

    WHOLE = "Whole"
    HOLES = "Holes"
    PRUNED = "Pruned"
    ABSENT = "Absent"


@dataclass(frozen=True)
class ShelvedNight:
    """All records of a night, by title."""

    folder: Folder
    stored: Mapping[str, Stored]

    @property
    def last(self) -> Record | None:
        """The record of the last stage, if there is one that can be read."""
        titles = [stage.lower() for stage in self.folder.stages[-1:]]
        return next(filter(None, map(self._records.get, titles)), None)

    @property
    def package_arns(self) -> list[str]:
        """The package that the night registered, if it did."""
        return [it.source_uri for it in whole.packages(self.last.graph)] if self.last else []

    @property
    def outcomes(self) -> list[Record]:
        """The records of how its deployments ended."""
        return [it for it in self._records.values() if it.stage is Stage.DEPLOYMENT_OUTCOME]

    @property
    def unfinished(self) -> list[Record]:
        """The records of deployments that started and have no outcome."""
        titles = self.folder.titles
        return [
            it
            for title, it in self._records.items()
            if it.stage is Stage.DEPLOYMENT and names.deployment_outcome(title) not in titles
        ]

    @property
    def longest(self) -> list[Record]:
        """The records that between them hold all that SageMaker's graph was told."""
        deployments = {names.deployment_of(title) for title in self.folder.deployments}
        titles = [(names.deployment_outcome(name), name) for name in sorted(deployments)]
        told = [next(filter(None, map(self._records.get, each)), None) for each in titles]
        return [it for it in told if it] or [it for it in (self.last,) if it]

    @property
    def is_told_of(self) -> bool:
        """Whether SageMaker's graph has reason to know it: a night may fail before it begins."""
        records = [each.record for each in self.stored.values()]
        return bool(self.folder.stages) or any(it.graph for it in records if it)

    @property
    def _records(self) -> dict[str, Record]:
        records = {title: each.record for title, each in self.stored.items()}
        return {title: it for title, it in records.items() if isinstance(it, Record)}


@dataclass(frozen=True)
class Audit:
    """Compares what the registry, SageMaker's graph and the bucket say of the same nights."""

    sagemaker: SageMaker
    packages: PackageGroup
    shelf: Shelf
    log: SwitchLog

    def report(self) -> dict[str, Any]:
        """The findings on all packages and nights, as a document by schema/audit.json."""
        indexed = self._indexed_nights()
        folders = [each for each in self.shelf.folders() if each.is_recorded]
        nights, makers = list[dict[str, Any]](), dict[str, Folder]()
        outcomes, unfinished = list[Record](), list[Record]()
        for night in self._shelved(folders):
            nights.append(self._night(night, indexed))
            makers |= dict.fromkeys(night.package_arns, night.folder)
            outcomes += night.outcomes
            unfinished += night.unfinished
        nights += _lost(folders, indexed)
        packages = [self._package(arn, makers.get(arn)) for arn in self.packages.versions()]
        endpoints = self._endpoints(outcomes, unfinished)
        return {
            "SchemaVersion": SCHEMA_VERSION,
            "Clean": not any(each["Findings"] for each in [*packages, *nights, *endpoints]),
            "Packages": packages,
            "Nights": nights,
            "Endpoints": endpoints,
        }

    def _endpoints(
        self, outcomes: Sequence[Record], unfinished: Sequence[Record]
    ) -> list[dict[str, Any]]:
        instants = self.log.instants()
        standing = Standing(
            lambda name: config_in_service(self.sagemaker, name), unfinished, instants.listed_at
        )
        return audit_switches(outcomes, self.log.switches(instants), standing)

    def _shelved(self, folders: Sequence[Folder]) -> Iterator[ShelvedNight]:
        """Read all records of nights, in portions: ten years of them would not fit into memory."""
        for portion in portions(folders):
            stored = map_parallel(lambda it: read_stored(self.shelf, it), portion)
            yield from map(ShelvedNight, portion, stored)

    def _indexed_nights(self) -> dict[str, Action]:
        """The nights in SageMaker's graph whose records belong into this bucket, by run."""
        described = map_parallel(
            lambda arn: api.describe(self.sagemaker, arn).entity, self._night_arns()
        )
        ours = f"s3://{self.shelf.bucket}/"
        return {
            it.properties["RunId"]: it
            for it in described
            if isinstance(it, Action) and it.properties.get("RecordUri", "").startswith(ours)
        }

    def _night_arns(self) -> Iterator[str]:
        asked = {"ActionType": ActionType.NIGHTLY_RETRAIN, "MaxResults": 100}
        for page in pages(self.sagemaker.list_actions, **asked):
            yield from (each["ActionArn"] for each in page["ActionSummaries"])

    def _package(self, arn: str, maker: Folder | None) -> dict[str, Any]:
        if maker and maker.is_pruned:
            return {"PackageArn": arn, "Index": Index.PRUNED, "Findings": []}
        graph = excerpt(self.sagemaker, arn)
        holes = list(whole.complaints(graph, Stage.REGISTRATION)) if graph else []
        findings = [f"SageMaker's graph has {hole}" for hole in holes]
        if maker is None:
            findings.append("no record tells of its registration")
        index = _shown(holes) if graph else Index.ABSENT
        return {"PackageArn": arn, "Index": index, "Findings": findings}

    def _night(self, night: ShelvedNight, indexed: Mapping[str, Action]) -> dict[str, Any]:
        last = night.last
        holes = self._holes(night) if night.folder.run_id in indexed else []
        index = _shown(holes) if night.folder.run_id in indexed else _absence(night.folder)
        unreadable = sorted(it.uri for it in night.stored.values() if it.record is None)
        return {
            "DataDate": night.folder.data_date,
            "RunId": night.folder.run_id,
            "Index": index,
            "Findings": [
                *(f"{uri} is no record any more" for uri in unreadable),
                *(whole.complaints(last.graph, last.stage) if last else ()),
                *(f"SageMaker's graph lacks {hole}" for hole in holes),
                *self._changes(night),
                *(_UNINDEXED if index is Index.ABSENT and night.is_told_of else ()),
            ],
        }

    def _changes(self, night: ShelvedNight) -> Iterator[str]:
        return changes(self.sagemaker, self.shelf, night.folder, night.stored)

    def _holes(self, night: ShelvedNight) -> list[str]:
        """What SageMaker's graph does not show of a night and of its package's deployments."""
        missing = reduce(or_, map(self._missing, night.longest), Graph())
        edges = [f"{edge.source} -> {edge.destination}" for edge in sorted(missing.associations)]
        return [*sorted(missing.entities), *edges]

    def _missing(self, record: Record) -> Graph:
        receipt = Archive(self.shelf.s3).read_json(names.receipt_uri(record.uri)) or {}
        return LineageStore(self.sagemaker).missing(record.for_index(), receipt)


_UNINDEXED = ("SageMaker's graph does not have it: it was out of quota, or somebody deleted it",)


def _shown(holes: list[str]) -> Index:
    return Index.HOLES if holes else Index.WHOLE


def _absence(folder: Folder) -> Index:
    return Index.PRUNED if folder.is_pruned else Index.ABSENT


def _lost(folders: Sequence[Folder], indexed: Mapping[str, Action]) -> list[dict[str, Any]]:
    """Nights that SageMaker's graph knows and the bucket does not."""
    there = {folder.run_id for folder in folders}
    return [
        {
            "DataDate": action.properties["DataDate"],
            "RunId": run_id,
            "Index": Index.WHOLE,
            "Findings": [f"{action.properties['RecordUri']} holds no record of it"],
        }
        for run_id, action in sorted(indexed.items())
        if run_id not in there
    ]
