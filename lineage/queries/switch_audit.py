"""Whether the switch log says what the records of the deployments say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lineage.finding import (
    Finding,
    endpoint_description,
    execution_description,
    versions,
)
from lineage.model import Action
from lineage.records.record import Record
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Switch, iso_milliseconds, switches_of
from lineage.vocabulary import ActionType, Cause

_Key = tuple[str, datetime]


_LONGEST_ROLLOUT = timedelta(hours=24)
"""Twice as long as the machine lets one run."""


@dataclass(frozen=True)
class Standing:
    """How endpoints are while they are audited.

    Attributes:
        serving: The configuration of an endpoint in service; None of any other.
        unfinished: The records of deployments that started and have no outcome.
        now: By the clock that set the instants of the log.
        others: Names of deployments whose outcomes are not among those that are audited.
    """

    serving: Callable[[str], str | None]
    unfinished: Sequence[Record]
    now: datetime
    others: Collection[str] = ()


def audit_switches(
    outcomes: Iterable[Record],
    log: SwitchLog,
    switches: Mapping[str, Sequence[Switch]],
    standing: Standing,
) -> list[dict[str, Any]]:
    """Compare the log with what should be in it, endpoint by endpoint.

    The digests of the outcomes are noted in SageMaker's graph: through them, so is every switch.

    Args:
        outcomes: The records of how deployments ended.
        log: Where the switches lie.
        switches: Every switch of every endpoint.
        standing: What goes on at the endpoints.

    Returns:
        The member Endpoints of a document by schema/audit.json.
    """
    told = {_key(each): each for record in outcomes for each in _switches(record)}
    logged = {
        _key(it): it
        for each in switches.values()
        for it in each
        if it.caused_by not in standing.others
    }
    unfinished = defaultdict[str, list[Action]](list)
    for deployment in map(_deployment, standing.unfinished):
        unfinished[deployment.properties["EndpointName"]].append(deployment)
    endpoint_names = sorted({name for name, _ in (*told, *logged)} | unfinished.keys())
    return [
        {
            "EndpointName": name,
            "Switches": sum(key[0] == name for key in logged),
            "Findings": [
                *(
                    Finding(it, versions(log.folder_uri(name))).document
                    for it in _findings(name, told, logged)
                ),
                *(it.document for it in _overdue(unfinished[name], standing.now)),
                *(
                    Finding(it, endpoint_description(name)).document
                    for it in _moved_on(name, switches.get(name, ()), standing)
                    if not unfinished[name]
                ),
            ],
        }
        for name in endpoint_names
    ]


def _findings(
    endpoint_name: str, told: Mapping[_Key, Switch], logged: Mapping[_Key, Switch]
) -> Iterator[str]:
    for key in sorted({*told, *logged}):
        name, at = key
        if name != endpoint_name or _agree(told.get(key), logged.get(key)):
            continue
        what = f"the switch of {iso_milliseconds(at)}"
        if key not in logged:
            yield f"{what} is gone, which {told[key].caused_by} tells of"
        elif key not in told:
            yield f"{what} is told of by no deployment's record"
        else:
            yield f"{what} is not what {told[key].caused_by} tells"


def _overdue(unfinished: Iterable[Action], now: datetime) -> Iterator[Finding]:
    for deployment in unfinished:
        started_at = deployment.properties["StartedAt"]
        if datetime.fromisoformat(started_at) + _LONGEST_ROLLOUT < now:
            what = f"{deployment.name} started at {started_at}, and no record tells how it ended"
            yield Finding(what, execution_description(deployment.properties["ExecutionArn"]))


def _moved_on(endpoint_name: str, log: Sequence[Switch], standing: Standing) -> Iterator[str]:
    serving = standing.serving(endpoint_name)
    if log and serving and serving != log[-1].endpoint_config_name:
        last = f"{log[-1].endpoint_config_name} since {iso_milliseconds(log[-1].at)}"
        yield f"it serves {serving}, and its last switch is to {last}"


def _agree(told: Switch | None, logged: Switch | None) -> bool:
    if logged and told is None:
        return logged.cause is Cause.FOUND
    return bool(told and logged and told.is_told_by(logged))


def _switches(record: Record) -> list[Switch]:
    return switches_of(_deployment(record), record.uri)


def _deployment(record: Record) -> Action:
    (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    return deployment


def _key(switch: Switch) -> _Key:
    return switch.endpoint_name, switch.at
