"""What the switch log of an endpoint lacks of its deployments that are on record."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from lineage.errors import InvalidDocument, RecordTooNew
from lineage.model import Action
from lineage.parallel import map_parallel
from lineage.recording import retention_lock
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.rollouts.deployments import Deployments
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Switch, switches_of
from lineage.vocabulary import ActionType

EARLIEST = datetime.min.replace(tzinfo=UTC)
# S3 tells when it wrote an object to the second.
_RESOLUTION = timedelta(seconds=1)


@dataclass(frozen=True)
class Span:
    """From an instant on, and up to another; None if that is yet to come."""

    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether an instant is one of these."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Backlog:
    """The deployments to one endpoint beside its switches in the log, which were listed later."""

    log: SwitchLog
    endpoint_name: str
    deployments: Deployments
    instants: Instants

    @classmethod
    def look(cls, log: SwitchLog, endpoint_name: str) -> Self:
        """What there is of an endpoint."""
        deployments = Deployments.find(log.s3, log.bucket, endpoint_name)
        return cls(log, endpoint_name, deployments, log.instants(endpoint_name))

    @property
    def switched(self) -> Sequence[datetime]:
        """When the endpoint did, in order."""
        return self.instants.of.get(self.endpoint_name, ())

    def unfinished(self) -> dict[str, Span]:
        """When each deployment without an end on record may have moved traffic.

        One goes after the other: until one that started later did. Of a record that does not read,
        all may change.
        """
        uris = self.deployments.unfinished
        return dict(zip(uris, map_parallel(self._unfinished, uris.values()), strict=True))

    def unlogged(self) -> dict[str, Span]:
        """When each deployment moved traffic whose end is on record, and not yet in the log."""
        found = dict[str, Span]()
        for name, end in self._ends().items():
            if end is None:
                found[name] = self._always
            elif lacking := self._lacking(end):
                found[name] = Span(lacking[0].at)
        return found

    def enter(self) -> bool:
        """Enter the switches of ends on record that the log lacks; return whether there were any.

        Whoever writes to the log does this first. So it has all switches of every end that was on
        record before its last one, whatever was cut off between an end and its switches. An end
        that does not read stops nobody: the audit tells of it.

        Raises:
            RecordConflict: something else was entered at the same millisecond meanwhile.
        """
        lacking = [(it, end) for end in self._ends().values() if end for it in self._lacking(end)]
        for switch, end in lacking:
            self.log.append(switch, retention_lock(end))
        return bool(lacking)

    def _ends(self) -> Mapping[str, Record | None]:
        """The ends whose switches may not be in the log; None of one that does not read."""
        last = self.switched[-1] if self.switched else EARLIEST
        uris = {
            name: uri
            for name, uri in self.deployments.outcome_uris.items()
            if self.deployments.ended_at[uri] + _RESOLUTION > last
        }
        return dict(zip(uris, map_parallel(self._read, uris.values()), strict=True))

    def _lacking(self, end: Record) -> list[Switch]:
        switches = switches_of(_deployment(end), end.uri)
        return [it for it in switches if it.at not in self.switched]

    @property
    def _always(self) -> Span:
        return Span(self.switched[0] if self.switched else EARLIEST)

    def _unfinished(self, uri: str) -> Span:
        record = self._read(uri)
        if record is None:
            return self._always
        since = _started_at(record)
        return Span(since, self._next_mover(since))

    def _next_mover(self, started_at: datetime) -> datetime | None:
        """When a deployment that started later moved traffic, if one did."""
        for at in self.switched[bisect_right(self.switched, started_at) :]:
            mover = self.log.read(self.endpoint_name, at).caused_by
            uri = self.deployments.outcome_uris.get(mover)
            end = self._read(uri) if uri else None
            if end and _started_at(end) > started_at:
                return at
        return None

    def _read(self, uri: str) -> Record | None:
        try:
            return Record.parse(uri, Archive(self.log.s3).read(uri) or "")
        except (InvalidDocument, RecordTooNew):
            return None


def _started_at(record: Record) -> datetime:
    return datetime.fromisoformat(_deployment(record).properties["StartedAt"])


def _deployment(record: Record) -> Action:
    (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    return deployment
