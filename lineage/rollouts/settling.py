"""Brings the switch log to what an endpoint serves, when a rollout ended before it could tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lineage import names
from lineage.clients import S3
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.records.shelf import Shelf
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import found_switch


@dataclass(frozen=True)
class Seen:
    """An endpoint in service, as DescribeEndpoint told of it.

    Attributes:
        since: When it last changed, so when all traffic was on its configuration; in whole
            milliseconds, as the log counts.
    """

    endpoint_name: str
    endpoint_config_name: str
    since: datetime


@dataclass(frozen=True)
class Deployments:
    """Where the records of the deployments to one endpoint are."""

    unfinished: frozenset[str]
    outcome_uris: dict[str, str]

    @classmethod
    def find(cls, s3: S3, bucket: str, endpoint_name: str) -> Deployments:
        """Look through the keys of all nights."""
        ours = names.deployment(endpoint_name, "")
        titles = {
            title: names.record_uri(folder.uri, title)
            for folder in Shelf(s3, bucket).folders()
            for title in folder.deployments
            if title.startswith(f"{ours}-")
        }
        started = {names.deployment_of(title) for title in titles}
        outcomes = {
            name: titles[names.deployment_outcome(name)]
            for name in started
            if names.deployment_outcome(name) in titles
        }
        return cls(frozenset(started - outcomes.keys()), outcomes)


def settle(s3: S3, bucket: str, seen: Seen, own: str = "") -> bool:
    """Enter what an endpoint serves, unless the log says so; return whether it was entered.

    While another deployment than ``own``, which has changed nothing yet, has no outcome on record,
    the log is that one's to write.
    """
    log = SwitchLog(s3, bucket)
    instants = log.instants(seen.endpoint_name).of.get(seen.endpoint_name, ())
    last = log.read(seen.endpoint_name, instants[-1]) if instants else None
    if last and (last.endpoint_config_name == seen.endpoint_config_name or seen.since <= last.at):
        return False
    deployments = Deployments.find(s3, bucket, seen.endpoint_name)
    if deployments.unfinished - {own}:
        return False
    outcome = _outcome(s3, deployments, seen)
    log.append(found_switch(seen.endpoint_name, seen.endpoint_config_name, seen.since, outcome))
    return True


def _outcome(s3: S3, deployments: Deployments, seen: Seen) -> Record | None:
    """How the deployment ended that the configuration is named after, if it is of a rollout."""
    rollout_id = seen.endpoint_config_name.removeprefix(f"{seen.endpoint_name}-")
    uri = deployments.outcome_uris.get(names.deployment(seen.endpoint_name, rollout_id))
    text = Archive(s3).read(uri) if uri else None
    return Record.parse(uri, text) if uri and text else None
