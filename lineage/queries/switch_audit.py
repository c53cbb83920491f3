"""Whether the switch log says what the records of deployments say, and what endpoints serve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lineage.clients import SageMaker
from lineage.finding import (
    Finding,
    endpoint_deletions,
    endpoint_description,
    execution_description,
    versions,
)
from lineage.model import Action
from lineage.records.record import Record
from lineage.rollouts.deployments import Deployments
from lineage.rollouts.endpoints import at_rest
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Switch, iso_milliseconds, switches_of
from lineage.vocabulary import ActionType, Cause

_LONGEST_ROLLOUT = timedelta(hours=24)
"""Twice as long as the machine lets one run."""


@dataclass(frozen=True)
class OnRecord:
    """What there is on record of deployments.

    Attributes:
        outcomes: The records of how they ended.
        unfinished: The records of those that started and have no outcome.
        others: The names of those whose outcomes are not among these.
    """

    outcomes: Sequence[Record]
    unfinished: Sequence[Record]
    others: Collection[str]


@dataclass(frozen=True)
class _Endpoint:
    """What the records and the log tell of one endpoint.

    Attributes:
        told: The switches that records tell of, by their instants.
        logged: Those in the log that the records should tell of.
        last: Its last switch of all.
        started: The deployments that have no outcome.
    """

    name: str
    told: Mapping[datetime, Switch]
    logged: Mapping[datetime, Switch]
    last: Switch | None
    started: Sequence[Action]


@dataclass(frozen=True)
class SwitchAudit:
    """Compares endpoints and their switches with what is on record of deployments.

    The digests of the outcomes are noted in SageMaker's graph: through them, so is every switch.

    Attributes:
        listed: When endpoints switched, listed before the records were: so the record of every
            deployment that made one of these switches is there.
    """

    sagemaker: SageMaker
    log: SwitchLog
    listed: Instants

    def report(self, on_record: OnRecord) -> list[dict[str, Any]]:
        """The member Endpoints of a document by schema/audit.json."""
        return [
            {
                "EndpointName": each.name,
                "Switches": len(each.logged),
                "Findings": [it.document for it in self._findings(each)],
            }
            for each in self._endpoints(on_record)
        ]

    def _endpoints(self, on_record: OnRecord) -> Iterator[_Endpoint]:
        told, started = _told(on_record.outcomes), _started(on_record.unfinished)
        switches = self.log.switches(self.listed)
        for name in sorted({*told, *started, *switches}):
            logged = {
                it.at: it for it in switches.get(name, ()) if it.caused_by not in on_record.others
            }
            last = switches[name][-1] if name in switches else None
            yield _Endpoint(name, told.get(name, {}), logged, last, started.get(name, ()))

    def _findings(self, endpoint: _Endpoint) -> Iterator[Finding]:
        yield from self._disagreements(endpoint)
        yield from self._overdue(endpoint)
        if not endpoint.started:
            yield from self._moved_on(endpoint)

    def _disagreements(self, endpoint: _Endpoint) -> Iterator[Finding]:
        """Where the log is not what the records tell; what is not listed may be new."""
        told, logged = endpoint.told, endpoint.logged
        for at in sorted({*told, *logged}):
            entry = logged[at] if at in logged else self.log.find(endpoint.name, at)
            what = _disagreement(told.get(at), entry)
            if what:
                found = f"the switch of {iso_milliseconds(at)} {what}"
                yield Finding(found, versions(self.log.folder_uri(endpoint.name)))

    def _overdue(self, endpoint: _Endpoint) -> Iterator[Finding]:
        for deployment in endpoint.started:
            started_at, execution_arn = (
                deployment.properties[key] for key in ("StartedAt", "ExecutionArn")
            )
            if datetime.fromisoformat(started_at) + _LONGEST_ROLLOUT < self.listed.listed_at:
                end = "and no record tells how it ended"
                found = f"{deployment.name} started at {started_at}, {end}"
                yield Finding(found, execution_description(execution_arn))

    def _moved_on(self, endpoint: _Endpoint) -> Iterator[Finding]:
        name, last = endpoint.name, endpoint.last
        rest = at_rest(self.sagemaker, name)
        if rest is None or last is None or rest.endpoint_config_name == last.endpoint_config_name:
            return
        if self._goes_on(name):
            return
        before = f"{last.endpoint_config_name or 'nothing'} since {iso_milliseconds(last.at)}"
        if rest.endpoint_config_name:
            what, next_step = f"serves {rest.endpoint_config_name}", endpoint_description(name)
        else:
            what, next_step = "is gone", endpoint_deletions()
        yield Finding(f"it {what}, and its last switch is to {before}", next_step)

    def _goes_on(self, name: str) -> bool:
        """Whether it has switched since all were listed, or a rollout may be about to."""
        now = self.log.instants(name)
        is_new = now.of.get(name) != self.listed.of.get(name)
        return is_new or bool(Deployments.find(self.log.s3, self.log.bucket, name).unfinished)


def _told(outcomes: Sequence[Record]) -> Mapping[str, Mapping[datetime, Switch]]:
    """The switches that records tell of, by endpoint and instant."""
    found = defaultdict[str, dict[datetime, Switch]](dict)
    for record in outcomes:
        for switch in switches_of(_deployment(record), record.uri):
            found[switch.endpoint_name][switch.at] = switch
    return found


def _started(unfinished: Sequence[Record]) -> Mapping[str, Sequence[Action]]:
    """The deployments that have no outcome, by endpoint."""
    found = defaultdict[str, list[Action]](list)
    for deployment in map(_deployment, unfinished):
        found[deployment.properties["EndpointName"]].append(deployment)
    return found


def _disagreement(told: Switch | None, logged: Switch | None) -> str | None:
    """What a record and the log do not agree on."""
    if logged is None:
        return f"is gone, which {told.caused_by} tells of" if told else None
    if told is None:
        is_found = logged.cause is Cause.FOUND
        return None if is_found else "is told of by no deployment's record"
    return None if told.is_told_by(logged) else f"is not what {told.caused_by} tells"


def _deployment(record: Record) -> Action:
    (deployment,) = record.graph.actions(ActionType.MODEL_DEPLOYMENT)
    return deployment
