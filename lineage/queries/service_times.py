"""When deployments served, told from as little of the switch log as tells it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime

from lineage.model import Action
from lineage.parallel import map_parallel
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Reign, served_since


def service_times(log: SwitchLog, deployments: Sequence[Action]) -> list[Reign]:
    """When each deployment served, in order; lists the switches of each of their endpoints once."""
    endpoint_names = sorted({it.properties["EndpointName"] for it in deployments})
    listed = map_parallel(lambda name: log.instants(name).of.get(name, ()), endpoint_names)
    switched = dict(zip(endpoint_names, listed, strict=True))
    found = map_parallel(
        lambda it: list(_reigns(log, it, switched[it.properties["EndpointName"]])), deployments
    )
    return [reign for reigns in found for reign in reigns]


def _reigns(log: SwitchLog, deployment: Action, switched: Sequence[datetime]) -> Iterator[Reign]:
    """How long it served, and again each time that what took over from it went back to it."""
    name, elsewhere = deployment.properties["EndpointName"], 0
    read = log.reader(name, switched)
    for index in range(_first(deployment, switched), len(switched)):
        served = served_since(read, index)
        if served and served.deployment == deployment.name:
            until = switched[index + 1] if index + 1 < len(switched) else None
            yield Reign(name, served, switched[index], until)
            elsewhere = 0
        elif elsewhere:
            # Only what served last is restored: two others in a row, and it is over.
            return
        else:
            elsewhere = 1


def _first(deployment: Action, switched: Sequence[datetime]) -> int:
    """The number of the first switch that it may have made; of none if it has not started."""
    told = deployment.properties
    since = told.get("SwitchedAt", told.get("StartedAt"))
    return bisect_left(switched, datetime.fromisoformat(since)) if since else len(switched)
