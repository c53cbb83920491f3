"""What the switch log may still come to know of an endpoint: until then, its answers may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from lineage.records.folder import Folder
from lineage.rollouts.backlog import Backlog, Span
from lineage.rollouts.deployments import Deployments
from lineage.rollouts.settling import Seen
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Switch, iso_milliseconds

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Unsettled:
    """From when on the log of an endpoint may still change, and why.

    Attributes:
        moving: The deployments whose end, or whose switches, are not on record yet, and when each
            of them may have moved traffic.
        seen: What SageMaker has there for good, if the log does not know it; always since when.
    """

    moving: Mapping[str, Span]
    seen: Seen | None = None

    @classmethod
    def find(cls, log: SwitchLog, folders: Iterable[Folder], name: str, instants: Instants) -> Self:
        """Look through the records, and not at the endpoint itself.

        Args:
            log: The stack's switches.
            folders: All nights, listed before the switches were: so what is recorded between the
                two is taken for what is going on, and never for nothing.
            name: Of the endpoint.
            instants: Its switches, or those of all endpoints.
        """
        backlog = Backlog(log, name, Deployments.among(folders, name), instants)
        return cls(backlog.unfinished() | backlog.unlogged())

    def beside(self, seen: Seen | None, last: Switch | None) -> Self:
        """The same, with what SageMaker has there and what the log has last, if anything."""
        if seen is None or seen.endpoint_config_name == (last and last.endpoint_config_name):
            return self
        # Since when it is gone nobody has heard yet.
        since = seen.since or (last.at if last else None)
        return replace(self, seen=replace(seen, since=since))

    def document(self, at: datetime = _LATEST) -> dict[str, Any] | None:
        """Why what the log tells of an instant is not final, by schema/asof.json; None if it is."""
        moving = {name: span.since for name, span in self.moving.items() if span.holds(at)}
        seen = self.seen if self.seen and self.seen.since and self.seen.since <= at else None
        since = [*moving.values(), *([seen.since] if seen and seen.since else [])]
        if not since:
            return None
        return {
            "Since": iso_milliseconds(min(since)),
            "Deployments": sorted(moving),
            **({"Found": seen.endpoint_config_name} if seen else {}),
        }
