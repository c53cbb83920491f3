"""The shelf: every night's records in the bucket, where what SageMaker cannot search is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self, TypeVar

from lineage import names
from lineage.clients import S3
from lineage.errors import (
    EntityConflict,
    InvalidDocument,
    LineageError,
    RecordMissing,
    RecordTooNew,
)
from lineage.facts import Document
from lineage.model import Graph
from lineage.parallel import map_parallel
from lineage.records.archive import Archive, location
from lineage.records.failure import FailureRecord
from lineage.records.folder import Folder, folders_of
from lineage.records.record import Record
from lineage.vocabulary import Decision

Parsed = TypeVar("Parsed", Record, FailureRecord)
_PORTION = 256


@dataclass(frozen=True)
class RecordedNight:
    """All that the bucket knows of a night: a stage, or at least that it failed.

    Attributes:
        record: Of its last stage; None if it failed before the first, or if that cannot be read.
        deployments: Records that extend it, of how each deployment started and ended.
        failures: How its execution ended, and each redrive of it, without success.
        outcome_uris: Where it stands how each of its deployments ended.
        unreadable: Why a record of these cannot be read, by its URI.
    """

    record: Record | None
    deployments: tuple[Record, ...] = ()
    failures: tuple[FailureRecord, ...] = ()
    outcome_uris: tuple[str, ...] = ()
    unreadable: Mapping[str, LineageError] = field(default_factory=dict)

    @property
    def night(self) -> Document:
        """The night document, or as much of it as is known."""
        return self.record.night if self.record else self.failures[-1].night

    @property
    def decision(self) -> Decision | None:
        """What the gate decided; None if the night never came to it."""
        return self.record.decision if self.record else None

    def require_readable(self) -> Self:
        """The same night, all of whose records could be read.

        Raises:
            InvalidDocument: a record is none, or contradicts the others.
            RecordTooNew: a later version of this project wrote it.
        """
        for why in self.unreadable.values():
            raise why
        return self

    @cached_property
    def graph(self) -> Graph:
        """The night's graph with all its deployments."""
        noted = (it.noted() for it in (self.record, *self.deployments) if it)
        return Graph.united([*noted, *(it.graph for it in self.failures)])


@dataclass(frozen=True)
class Shelf:
    """The records in a bucket."""

    s3: S3
    bucket: str

    def folders(self, below: str = "lineage/dt=") -> list[Folder]:
        """All nights that have a record, by data date and run."""
        objects = (
            each for page in Archive(self.s3).pages(self.bucket, below) for each in page["Contents"]
        )
        return folders_of(self.bucket, objects)

    def recorded(self) -> list[Folder]:
        """All nights of which at least a stage or a failure is on record, by data date and run."""
        return [each for each in self.folders() if each.is_recorded]

    def search(self, folders: Iterable[Folder], mention: str = "") -> Iterator[RecordedNight]:
        """Those of some nights whose records mention something; their rollouts are not read.

        Nights are read in portions: ten years of them would not fit into a function's memory. What
        cannot be read of one is named on it.

        Args:
            folders: Where the nights' records lie.
            mention: What the text of the last stage or of a failure contains.
        """
        for portion in portions(list(folders)):
            yield from filter(None, map_parallel(lambda it: self._mentioning(it, mention), portion))

    def with_outcomes(self, nights: Sequence[RecordedNight]) -> list[RecordedNight]:
        """The nights that a search found, with the records of how their deployments ended."""
        return map_parallel(self._with_outcomes, nights)

    def held_nights(self) -> list[RecordedNight]:
        """Those of the nights that are not pruned; what cannot be read of one is named on it."""
        held = [each for each in self.recorded() if not each.is_pruned]
        return map_parallel(self.read_what_reads, held)

    def find(self, data_date: str, run_id: str) -> RecordedNight | None:
        """One night, if it is on record."""
        folder = self.folder(data_date, run_id)
        return self.read(folder) if folder else None

    def folder(self, data_date: str, run_id: str) -> Folder | None:
        """Where one night's records lie, if it is on record."""
        below = location(names.night_record_uri(self.bucket, data_date, run_id))["Key"]
        return next((each for each in self.folders(below) if each.is_recorded), None)

    def read(self, folder: Folder) -> RecordedNight:
        """A night that is on record.

        Raises:
            InvalidDocument, RecordTooNew: as for ``RecordedNight.require_readable``.
        """
        return self.read_what_reads(folder).require_readable()

    def read_what_reads(self, folder: Folder) -> RecordedNight:
        """A night that is on record; what cannot be read of it is named on it."""
        texts = self._texts(folder, [*folder.own, *folder.deployments])
        return _parsed(folder, texts)

    def text(self, uri: str) -> str:
        """A record as it is stored.

        Raises:
            RecordMissing: it is not there any more.
        """
        text = Archive(self.s3).read(uri)
        if text is None:
            raise RecordMissing(f"{uri} was listed and is gone meanwhile: ask again.")
        return text

    def _mentioning(self, folder: Folder, mention: str) -> RecordedNight | None:
        texts = self._texts(folder, folder.own)
        # What was cut off may have lost the mention.
        is_mentioned = any(mention in text or text[-2:] != "}\n" for text in texts.values())
        return _parsed(folder, texts) if is_mentioned else None

    def _with_outcomes(self, night: RecordedNight) -> RecordedNight:
        texts = {uri: self.text(uri) for uri in night.outcome_uris}
        read = _Readings()
        outcomes = tuple(read.parsed(Record.parse, texts))
        unreadable = {**night.unreadable, **read.unreadable}
        return _agreeing(replace(night, deployments=outcomes, unreadable=unreadable))

    def _texts(self, folder: Folder, titles: Sequence[str]) -> dict[str, str]:
        uris = [names.record_uri(folder.uri, title) for title in titles]
        return dict(zip(titles, map_parallel(self.text, uris), strict=True))


def portions(folders: Sequence[Folder]) -> Iterator[Sequence[Folder]]:
    """A few nights at a time, so that the memory that their records take does not grow."""
    return (folders[start : start + _PORTION] for start in range(0, len(folders), _PORTION))


@dataclass(frozen=True)
class _Readings:
    """Records as they are parsed, and why some do not."""

    unreadable: dict[str, LineageError] = field(default_factory=dict)

    def parsed(
        self, parse: Callable[[str, str], Parsed], texts: Mapping[str, str]
    ) -> Iterator[Parsed]:
        """What reads of the texts of records, which are given by their URIs."""
        for uri, text in texts.items():
            try:
                yield parse(uri, text)
            except (InvalidDocument, RecordTooNew) as why:
                self.unreadable[uri] = why


def _parsed(folder: Folder, texts: Mapping[str, str]) -> RecordedNight:
    read = _Readings()

    def those(titles: Sequence[str]) -> dict[str, str]:
        given = (title for title in titles if title in texts)
        return {names.record_uri(folder.uri, title): texts[title] for title in given}

    return _agreeing(
        RecordedNight(
            next(read.parsed(Record.parse, those(folder.own[:1] if folder.stages else ())), None),
            tuple(read.parsed(Record.parse, those(folder.deployments))),
            tuple(read.parsed(FailureRecord.parse, those(folder.failures))),
            folder.outcome_uris,
            read.unreadable,
        )
    )


def _agreeing(night: RecordedNight) -> RecordedNight:
    """The night, without the records that contradict that of its last stage if any do."""
    try:
        _ = night.graph
    except EntityConflict as why:
        others = [*(it.uri for it in night.deployments), *(it.uri for it in night.failures)]
        return replace(
            night,
            deployments=(),
            failures=(),
            unreadable={**night.unreadable, **dict.fromkeys(others, why)},
        )
    return night
