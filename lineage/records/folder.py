"""Folders: where each night's records lie, what they are called, and what retention noted there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lineage import names
from lineage.vocabulary import Stage

_KEY = re.compile(
    r"lineage/dt=(?P<data_date>\d{4}-\d{2}-\d{2})/(?P<run_id>[^/]+)/"
    r"(?P<title>[^/.]+)\.(?P<kind>json|receipt\.json)"
)
_STAGES = {stage.lower(): stage for stage in Stage if not stage.is_of_rollout}


@dataclass(frozen=True, order=True)
class Folder:
    """Where a night's records lie, and what they are called.

    Attributes:
        titles: Of its records.
        notes: Of what retention noted: `pruning`, `pruned`, `reinstated`.
        may_lack: Whether a record was written as late as the note of its pruning, or later.
        written: When each record was, by its title, as S3 says: to the second.
    """

    data_date: str
    run_id: str
    uri: str
    titles: frozenset[str]
    notes: frozenset[str] = frozenset()
    may_lack: bool = False
    written: Mapping[str, datetime] = field(default_factory=dict, compare=False)

    @property
    def is_pruned(self) -> bool:
        """Whether SageMaker's graph no longer has the night, and nobody is at it."""
        return names.PRUNED in self.notes and not self.is_being_pruned

    @property
    def is_being_pruned(self) -> bool:
        """Whether retention is at it, or was cut off."""
        return names.PRUNING in self.notes

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The stages that are on record, in order."""
        return tuple(stage for title, stage in _STAGES.items() if title in self.titles)

    @property
    def deployments(self) -> tuple[str, ...]:
        """The titles of the records of single deployments, of how they started and ended."""
        return tuple(sorted(self.titles - _STAGES.keys() - set(self.failures)))

    @property
    def outcome_uris(self) -> tuple[str, ...]:
        """The records of how single deployments ended."""
        outcomes = {names.deployment_outcome(title) for title in self.deployments}
        return tuple(names.record_uri(self.uri, it) for it in sorted(outcomes & self.titles))

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The titles of deployments that started and have not ended."""
        started = {names.deployment_of(title) for title in self.deployments}
        ended = {it for it in started if names.deployment_outcome(it) in self.titles}
        return tuple(sorted(started - ended))

    @property
    def failures(self) -> tuple[str, ...]:
        """The titles of the records of how executions of the night failed."""
        return tuple(sorted(filter(names.is_failure, self.titles)))

    @property
    def own(self) -> tuple[str, ...]:
        """The titles of the last stage's record and of failures, whichever there are."""
        return (*(stage.lower() for stage in self.stages[-1:]), *self.failures)

    @property
    def is_recorded(self) -> bool:
        """Whether a stage of the night is on record, or at least that it failed."""
        return bool(self.stages or self.failures)


def folders_of(bucket: str, objects: Iterable[Mapping[str, Any]]) -> list[Folder]:
    """All nights that have a record, by data date and run.

    Args:
        bucket: Where they lie.
        objects: As ListObjectsV2 tells of them.
    """
    records, notes = (defaultdict[tuple[str, str], dict[str, Any]](dict) for _ in range(2))
    for each in objects:
        found = _KEY.fullmatch(each["Key"])
        if found:
            night, title = (found["data_date"], found["run_id"]), found["title"]
            if found["kind"] == "json" and _is_record(title):
                records[night][title] = each["LastModified"]
            elif found["kind"] != "json" and title in names.NOTES:
                notes[night][title] = each["LastModified"]
    return sorted(
        Folder(
            *night,
            names.night_record_uri(bucket, *night),
            frozenset(written),
            frozenset(notes[night]),
            may_lack=names.PRUNED in notes[night]
            and max(written.values()) >= notes[night][names.PRUNED],
            written=written,
        )
        for night, written in records.items()
    )


def _is_record(title: str) -> bool:
    """Whether an object of this title is ours; whatever else somebody puts beside is not."""
    return title in _STAGES or names.is_failure(title) or names.is_deployment(title)
