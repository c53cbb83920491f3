"""Brings the switch log to what an endpoint serves, when no rollout tells of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from lineage.clients import S3, Response
from lineage.records.archive import Archive
from lineage.records.record import Record
from lineage.rollouts.backlog import Backlog
from lineage.rollouts.deployments import Deployments, brought_by
from lineage.rollouts.switch_log import SwitchLog
from lineage.rollouts.switches import Switch, found_switch, gone_switch


@dataclass(frozen=True)
class Seen:
    """An endpoint in service, or none, as DescribeEndpoint told of it.

    Attributes:
        endpoint_config_name: None if there is no such endpoint any more.
        since: When it last changed, so when all traffic was on its configuration; in whole
            milliseconds, as the log counts. Of one that is gone, the end of the second in which it
            was heard of, if it was.
    """

    endpoint_name: str
    endpoint_config_name: str | None
    since: datetime | None

    @classmethod
    def of(
        cls, name: str, described: Response | None, heard_at: datetime | None = None
    ) -> Self | None:
        """What an endpoint has that stays; None while it changes, or has failed.

        One that is being deleted is gone, for nothing stops that.

        Args:
            name: Of the endpoint.
            described: The response of DescribeEndpoint; None if there is no such endpoint.
            heard_at: When something was heard of it that made somebody look, such as its deletion.
        """
        if described is None or described["EndpointStatus"] == "Deleting":
            return cls(name, None, heard_at and _end_of_second(heard_at))
        if described["EndpointStatus"] != "InService":
            return None
        changed_at: datetime = described["LastModifiedTime"]
        since = changed_at.replace(microsecond=changed_at.microsecond // 1000 * 1000)
        return cls(name, described["EndpointConfigName"], since)

    def is_known(self, last: Switch | None) -> bool:
        """Whether the log tells of it, or of something that came later."""
        if self.endpoint_config_name == (last and last.endpoint_config_name):
            return True
        return last is not None and self.since is not None and self.since <= last.at


def settle(s3: S3, bucket: str, seen: Seen, own: str = "") -> bool:
    """Enter what an endpoint serves, unless the log says so; return whether it was entered.

    While another deployment than ``own``, which has changed nothing yet, has no outcome on record
    and may still move traffic, the log is that one's to write. What ends on record tell, and the
    log lacks, is entered in any case.
    """
    log = SwitchLog(s3, bucket)
    backlog = Backlog.look(log, seen.endpoint_name)
    if backlog.enter():
        backlog = Backlog.look(log, seen.endpoint_name)
    last = log.last(seen.endpoint_name, backlog.switched)
    since = seen.since or _end_of_second(backlog.instants.listed_at)
    if replace(seen, since=since).is_known(last):
        return False
    if any(span.until is None for name, span in backlog.unfinished().items() if name != own):
        return False
    if seen.endpoint_config_name is None:
        before = str(last and last.endpoint_config_name)
        log.append(gone_switch(seen.endpoint_name, before, since))
        return True
    outcome = _outcome(s3, backlog.deployments, seen.endpoint_name, seen.endpoint_config_name)
    log.append(found_switch(seen.endpoint_name, seen.endpoint_config_name, since, outcome))
    return True


def _end_of_second(instant: datetime) -> datetime:
    """Events and S3 tell of instants to the second: whatever was before it stays as it was told."""
    return instant.replace(microsecond=0) + timedelta(seconds=1)


def _outcome(
    s3: S3, deployments: Deployments, endpoint_name: str, endpoint_config_name: str
) -> Record | None:
    """How the deployment ended that the configuration is named after, if it is of a rollout."""
    uri = deployments.outcome_uris.get(brought_by(endpoint_name, endpoint_config_name))
    text = Archive(s3).read(uri) if uri else None
    return Record.parse(uri, text) if uri and text else None
