"""What the switch log may still come to know of an endpoint: until then, its answers may change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from lineage.errors import InvalidDocument, RecordTooNew
from lineage.model import Action
from lineage.records.archive import Archive
from lineage.records.folder import Folder
from lineage.records.record import Record
from lineage.rollouts.deployments import Deployments
from lineage.rollouts.settling import Seen
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Switch, iso_milliseconds, switches_of
from lineage.vocabulary import ActionType

# S3 tells when it wrote an object to the second.
_RESOLUTION = timedelta(seconds=1)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Unsettled:
    """From when on the log of an endpoint may still change, and why.

    Attributes:
        moving: The deployments whose end, or whose switches, are not on record yet, and since when
            each of them may have moved traffic.
        seen: What SageMaker has there for good, if the log does not know it; always since when.
    """

    moving: Mapping[str, datetime]
    seen: Seen | None = None

    @classmethod
    def find(
        cls, log: SwitchLog, folders: Iterable[Folder], name: str, switched: Sequence[datetime]
    ) -> Self:
        """Look through the records, and not at the endpoint itself.

        Args:
            log: The stack's switches.
            folders: All nights, listed before the switches were: so what is recorded between the
                two is taken for what is going on, and never for nothing.
            name: Of the endpoint.
            switched: When it did, in order.
        """
        deployments = Deployments.among(folders, name)
        return cls(dict(_moving(Archive(log.s3), deployments, switched)))

    def beside(self, seen: Seen | None, last: Switch | None) -> Self:
        """The same, with what SageMaker has there and what the log has last, if anything."""
        if seen is None or seen.endpoint_config_name == (last and last.endpoint_config_name):
            return self
        # Since when it is gone nobody has heard yet.
        since = seen.since or (last.at if last else None)
        return replace(self, seen=replace(seen, since=since))

    def document(self, at: datetime = _LATEST) -> dict[str, Any] | None:
        """Why what the log tells of an instant is not final, by schema/asof.json; None if it is."""
        moving = {name: since for name, since in self.moving.items() if since <= at}
        seen = self.seen if self.seen and self.seen.since and self.seen.since <= at else None
        since = [*moving.values(), *([seen.since] if seen and seen.since else [])]
        if not since:
            return None
        return {
            "Since": iso_milliseconds(min(since)),
            "Deployments": sorted(moving),
            **({"Found": seen.endpoint_config_name} if seen else {}),
        }


def _moving(
    archive: Archive, deployments: Deployments, switched: Sequence[datetime]
) -> Iterator[tuple[str, datetime]]:
    """The deployments that may have switches to come; of what does not read, all may change."""
    always = {switched[0] if switched else _EARLIEST}

    def told(uri: str, tell: Callable[[Action], set[datetime]]) -> set[datetime]:
        try:
            record = Record.parse(uri, archive.read(uri) or "")
        except (InvalidDocument, RecordTooNew):
            return always
        (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
        return tell(deployment)

    for name, uri in deployments.unfinished.items():
        yield name, min(told(uri, _started_at))
    for name, uri in deployments.outcome_uris.items():
        # The record of an end comes before its switches, and what is in the log came before that.
        if not switched or deployments.ended_at[uri] + _RESOLUTION > switched[-1]:
            unlogged = told(uri, lambda it: _switched_at(it) - set(switched))
            if unlogged:
                yield name, min(unlogged)


def _started_at(deployment: Action) -> set[datetime]:
    return {datetime.fromisoformat(deployment.properties["StartedAt"])}


def _switched_at(deployment: Action) -> set[datetime]:
    return {each.at for each in switches_of(deployment, record_uri="")}
