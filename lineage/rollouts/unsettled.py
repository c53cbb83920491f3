"""What the switch log may still come to know of an endpoint: until then, its answers may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from lineage.clients import Response
from lineage.records.folder import Folder
from lineage.rollouts.backlog import Backlog, Span
from lineage.rollouts.deployments import Deployments, brought_by
from lineage.rollouts.settling import Seen
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Switch, iso_milliseconds

_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Doubt:
    """From an instant on, an answer is not final for a reason."""

    since: datetime
    reason: str


@dataclass(frozen=True)
class Unsettled:
    """From when on the log of an endpoint may still change, and why.

    Attributes:
        deployments: All that are on record.
        moving: Those whose end, or whose switches, are not on record yet, and when each of them may
            have moved traffic.
        seen: What SageMaker has there, if the log does not know it; with since when.
        doubts: Whatever else keeps an answer from being final.
    """

    endpoint_name: str
    deployments: Deployments
    moving: Mapping[str, Span]
    seen: Seen | None = None
    doubts: tuple[Doubt, ...] = ()

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
        moving = backlog.unfinished() | backlog.unlogged()
        return cls(name, backlog.deployments, moving)

    def beside(self, described: Response | None, last: Switch | None) -> Self:
        """The same, with what SageMaker has there.

        Args:
            described: The response of DescribeEndpoint; None if there is no such endpoint.
            last: The last switch in the log, if there is any.
        """
        seen = Seen.of(self.endpoint_name, described) or self._at_unrest(described)
        if seen is None or seen.is_known(last):
            return self
        # Nobody has heard yet since when it is gone, or what it had before it began to change.
        since = seen.since or (last.at if last else None)
        return replace(self, seen=replace(seen, since=since))

    def doubted(self, since: datetime, reason: str) -> Self:
        """The same, and not final for one reason more."""
        return replace(self, doubts=(*self.doubts, Doubt(since, reason)))

    def document(self, at: datetime = _LATEST) -> dict[str, Any] | None:
        """Why what the log tells of an instant is not final, by schema/asof.json; None if it is."""
        moving = {name: span.since for name, span in self.moving.items() if span.holds(at)}
        seen = self.seen if self.seen and self.seen.since and self.seen.since <= at else None
        doubts = [it for it in self.doubts if it.since <= at]
        since = [*moving.values(), *(it.since for it in doubts)]
        since += [seen.since] if seen and seen.since else []
        if not since:
            return None
        return {
            "Since": iso_milliseconds(min(since)),
            "Deployments": sorted(moving),
            **({"Found": seen.endpoint_config_name} if seen else {}),
            **({"Reason": "; ".join(it.reason for it in doubts)} if doubts else {}),
        }

    def _at_unrest(self, described: Response | None) -> Seen | None:
        """What an endpoint has that changes, or is broken, unless a rollout on record brings it.

        What an update brings is told apart, as PendingDeploymentSummary (API reference,
        DescribeEndpoint).
        """
        config = described and described["EndpointConfigName"]
        if not config or self.deployments.has(brought_by(self.endpoint_name, config)):
            return None
        return Seen(self.endpoint_name, config, since=None)
