"""The shelf: every night's records in the bucket, where what SageMaker cannot search is found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from lineage import names
from lineage.archive import Archive, location
from lineage.clients import S3
from lineage.errors import RecordMissing
from lineage.facts import Document
from lineage.failure import FailureRecord
from lineage.model import Graph
from lineage.parallel import map_parallel
from lineage.record import Record
from lineage.vocabulary import Decision, Stage

_KEY = re.compile(
    r"lineage/dt=(?P<data_date>\d{4}-\d{2}-\d{2})/(?P<run_id>[^/]+)/"
    r"(?P<title>[^/.]+)\.(?P<kind>json|receipt\.json)"
)
Parsed = TypeVar("Parsed", Record, FailureRecord)
_STAGES = {stage.lower(): stage for stage in Stage if not stage.is_of_rollout}


@dataclass(frozen=True, order=True)
class Folder:
    """Where a night's records lie, and what they are called.

    Attributes:
        is_pruned: SageMaker's graph no longer has the night.
    """

    data_date: str
    run_id: str
    uri: str
    titles: frozenset[str]
    is_pruned: bool = False

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are on record, in order."""
        return tuple(stage for title, stage in _STAGES.items() if title in self.titles)

    @property
    def deployments(self) -> tuple[str, ...]:
        """The titles of the records of single deployments, of how they started and ended."""
        return tuple(sorted(self.titles - _STAGES.keys() - set(self.failures)))

    @property
    def failures(self) -> tuple[str, ...]:
        """The titles of the records of how executions of the night failed."""
        return tuple(sorted(filter(names.is_failure, self.titles)))

    @property
    def is_recorded(self) -> bool:
        """Whether a stage of the night is on record, or at least that it failed."""
        return bool(self.stages or self.failures)


@dataclass(frozen=True)
class RecordedNight:
    """All that the bucket knows of a night: a stage, or at least that it failed.

    Attributes:
        record: Of its last stage; None if it failed before the first.
        deployments: Records that extend it, of how each deployment started and ended.
        failures: How its execution ended, and each redrive of it, without success.
    """

    record: Record | None
    deployments: tuple[Record, ...] = ()
    failures: tuple[FailureRecord, ...] = ()

    @property
    def night(self) -> Document:
        """The night document, or as much of it as is known."""
        return self.record.night if self.record else self.failures[-1].night

    @property
    def decision(self) -> Decision | None:
        """What the gate decided; None if the night never came to it."""
        return self.record.decision if self.record else None

    @property
    def graph(self) -> Graph:
        """The night's graph with all its deployments."""
        stages = [self.record, *self.deployments] if self.record else self.deployments
        parts = [*(each.noted() for each in stages), *(each.graph for each in self.failures)]
        return reduce(or_, parts, Graph())

    def restore(self, graph: Graph) -> Graph:
        """A graph out of SageMaker with the long values that the record holds in full."""
        return self.record.restore(graph) if self.record else graph


@dataclass(frozen=True)
class Shelf:
    """The records in a bucket."""

    s3: S3
    bucket: str

    def folders(self, below: str = "lineage/dt=") -> list[Folder]:
        """All nights that have a record, by data date and run."""
        titles = defaultdict[tuple[str, str], set[str]](set)
        pruned = set[tuple[str, str]]()
        for found in filter(None, map(_KEY.fullmatch, self._keys(below))):
            night = found["data_date"], found["run_id"]
            if found["kind"] == "json":
                titles[night].add(found["title"])
            elif found["title"] == names.PRUNED:
                pruned.add(night)
        return sorted(
            Folder(
                *night,
                names.night_record_uri(self.bucket, *night),
                frozenset(found),
                is_pruned=night in pruned,
            )
            for night, found in titles.items()
        )

    def nights(self) -> list[RecordedNight]:
        """Every night on record, by data date and run; reads all their records."""
        return map_parallel(self.read, [each for each in self.folders() if each.is_recorded])

    def held_nights(self) -> list[RecordedNight]:
        """Those of the nights that are not pruned."""
        held = [each for each in self.folders() if each.is_recorded and not each.is_pruned]
        return map_parallel(self.read, held)

    def find(self, data_date: str, run_id: str) -> RecordedNight | None:
        """One night, if it is on record."""
        folder = location(names.night_record_uri(self.bucket, data_date, run_id))["Key"]
        found = [each for each in self.folders(folder) if each.is_recorded]
        return self.read(found[0]) if found else None

    def read(self, folder: Folder) -> RecordedNight:
        """A night that is on record."""
        stages = [*folder.stages[-1:], *folder.deployments]
        records = map_parallel(lambda title: self._parsed(Record.parse, folder, title), stages)
        failures = map_parallel(
            lambda title: self._parsed(FailureRecord.parse, folder, title), folder.failures
        )
        last = records.pop(0) if folder.stages else None
        return RecordedNight(last, tuple(records), tuple(failures))

    def text(self, uri: str) -> str:
        """A record as it is stored.

        Raises:
            RecordMissing: it is not there any more.
        """
        text = Archive(self.s3).read(uri)
        if text is None:
            raise RecordMissing(f"{uri} was listed and is gone meanwhile: ask again.")
        return text

    def _parsed(self, parse: Callable[[str, str], Parsed], folder: Folder, title: str) -> Parsed:
        uri = names.record_uri(folder.uri, title)
        return parse(uri, self.text(uri))

    def _keys(self, prefix: str) -> Iterator[str]:
        for page in Archive(self.s3).pages(self.bucket, prefix):
            yield from (item["Key"] for item in page["Contents"])
