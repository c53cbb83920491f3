"""Whether every package is explained whole, and every record is the one that was noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lineage import api, names, whole
from lineage.clients import SageMaker
from lineage.errors import InvalidDocument
from lineage.excerpt import excerpt
from lineage.model import Action
from lineage.packages import PackageGroup
from lineage.parallel import map_parallel
from lineage.record import Record
from lineage.shelf import Folder, Shelf
from lineage.vocabulary import ActionType, Stage

SCHEMA_VERSION = 1


class Index(StrEnum):
    """How much SageMaker's graph shows."""

    WHOLE = "Whole"
    HOLES = "Holes"
    PRUNED = "Pruned"


@dataclass(frozen=True)
class Stored:
    """A record as it lies in the bucket, readable or not."""

    uri: str
    sha256: str
    record: Record | None


@dataclass(frozen=True)
class ShelvedNight:
    """All records of a night, by title."""

    folder: Folder
    stored: Mapping[str, Stored]

    @property
    def last(self) -> Stored:
        """The record of the last stage."""
        return self.stored[self.folder.stages[-1].lower()]

    @property
    def package_arns(self) -> list[str]:
        """The package that the night registered, if it did."""
        record = self.last.record
        return [each.source_uri for each in whole.packages(record.graph)] if record else []


@dataclass(frozen=True)
class Audit:
    """Compares what the registry, SageMaker's graph and the bucket say of the same nights."""

    sagemaker: SageMaker
    packages: PackageGroup
    shelf: Shelf

    def report(self) -> dict[str, Any]:
        """The findings on all packages and nights, as a document by schema/audit.json."""
        folders = [each for each in self.shelf.folders() if each.stages]
        shelved = map_parallel(self._shelved, folders)
        indexed = self._indexed_nights()
        registered = {arn for night in shelved for arn in night.package_arns}
        packages = [self._package(arn, arn in registered) for arn in self.packages.versions()]
        nights = [*(self._night(it, indexed) for it in shelved), *_lost(shelved, indexed)]
        return {
            "SchemaVersion": SCHEMA_VERSION,
            "Clean": not any(each["Findings"] for each in [*packages, *nights]),
            "Packages": packages,
            "Nights": nights,
        }

    def _shelved(self, folder: Folder) -> ShelvedNight:
        return ShelvedNight(folder, {title: self._stored(folder, title) for title in folder.titles})

    def _stored(self, folder: Folder, title: str) -> Stored:
        uri = names.record_uri(folder.uri, title)
        text = self.shelf.text(uri)
        try:
            record = Record.parse(uri, text)
        except (InvalidDocument, ValueError):
            record = None
        return Stored(uri, names.sha256(text), record)

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
        token: dict[str, str] = {}
        while True:
            page = self.sagemaker.list_actions(
                ActionType=ActionType.NIGHTLY_RETRAIN, MaxResults=100, **token
            )
            yield from (each["ActionArn"] for each in page["ActionSummaries"])
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}

    def _package(self, arn: str, is_recorded: bool) -> dict[str, Any]:  # noqa: FBT001  # a fact
        graph = excerpt(self.sagemaker, arn)
        holes = list(whole.complaints(graph, Stage.REGISTRATION)) if graph else []
        findings = [f"SageMaker's graph has {hole}" for hole in holes]
        if not is_recorded:
            findings.append("no record tells of its registration")
        index = (Index.HOLES if holes else Index.WHOLE) if graph else Index.PRUNED
        return {"PackageArn": arn, "Index": index, "Findings": findings}

    def _night(self, night: ShelvedNight, indexed: Mapping[str, Action]) -> dict[str, Any]:
        action, last = indexed.get(night.folder.run_id), night.last.record
        noted = {stage.lower(): it for stage, it in _notes(action)} if action else {}
        unreadable = [it.uri for it in night.stored.values() if it.record is None]
        return {
            "DataDate": night.folder.data_date,
            "RunId": night.folder.run_id,
            "Index": Index.WHOLE if action else Index.PRUNED,
            "Findings": [
                *(f"{uri} is no record any more" for uri in sorted(unreadable)),
                *(whole.complaints(last.graph, last.stage) if last else ()),
                *_changes(night, noted | self._noted_deployments(night)),
            ],
        }

    def _noted_deployments(self, night: ShelvedNight) -> dict[str, str]:
        """The digests that SageMaker's graph notes of deployments, by title.

        A deployment's record bears the name of its action.
        """
        actions = [api.find_action(self.sagemaker, title) for title in night.folder.deployments]
        return {it.name: sha256 for it in actions if it for _, sha256 in _notes(it)}


def _notes(action: Action) -> Iterator[tuple[Stage, str]]:
    for stage in Stage:
        sha256 = action.properties.get(f"{stage}RecordSha256")
        if sha256:
            yield stage, sha256


def _changes(night: ShelvedNight, noted: Mapping[str, str]) -> Iterator[str]:
    for title, sha256 in noted.items():
        stored = night.stored.get(title)
        if stored is None:
            yield f"the record {title} is gone; SageMaker's graph notes its digest {sha256}"
        elif stored.sha256 != sha256:
            yield (
                f"{stored.uri} was changed: its digest is {stored.sha256}, SageMaker's graph notes"
                f" {sha256}"
            )


def _lost(shelved: list[ShelvedNight], indexed: Mapping[str, Action]) -> list[dict[str, Any]]:
    """Nights that SageMaker's graph knows and the bucket does not."""
    there = {night.folder.run_id for night in shelved}
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
