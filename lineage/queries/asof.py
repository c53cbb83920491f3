"""The answer to "what was in production at that instant", told from the switch log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from lineage import names
from lineage.errors import BeforeFirstDeployment, InvalidTime, UnknownEndpoint
from lineage.outages import UNANSWERED
from lineage.parallel import map_parallel
from lineage.records.folder import Folder
from lineage.records.shelf import Shelf
from lineage.rollouts.backlog import EARLIEST
from lineage.rollouts.endpoints import Endpoints, find_endpoint
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Served, iso_milliseconds, served_since
from lineage.rollouts.unsettled import Unsettled
from lineage.rollouts.wording import provisional

SCHEMA_VERSION = 1
# S3 tells its time to the second.
_RESOLUTION = timedelta(seconds=1)


def asof(
    log: SwitchLog,
    sagemaker: Endpoints,
    time: str,
    endpoint_name: str | None = None,
    own: Collection[str] = (),
) -> dict[str, Any]:
    """What each endpoint served at an instant, or one of them did.

    An answer is final, unless it says from when on it is provisional: while a rollout is on record
    that may have moved traffic since, and how it did is not; or while an endpoint has what the log
    does not know.

    Args:
        log: The stack's switches.
        sagemaker: Is asked what the stack's own endpoints have now.
        time: ISO 8601 with a time zone, `2026-11-21T08:00:00Z`.
        endpoint_name: The only one that is asked about.
        own: The names of the stack's endpoints, whether anything was deployed to them or not.

    Returns:
        A document by schema/asof.json.

    Raises:
        InvalidTime: it is no such instant, or is yet to come.
        UnknownEndpoint: it is not the stack's, and nothing was ever deployed to it.
        BeforeFirstDeployment: nothing was deployed by then.
    """
    question = _Question.put(log, sagemaker, parse_instant(time), endpoint_name, own)
    answers = map_parallel(question.answer, question.endpoint_names)
    serving, others = ([it for it in answers if ("Since" in it) is had] for had in (True, False))
    if not serving:
        raise _before_first(question.at, question.instants, endpoint_name, others)
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Time": iso_milliseconds(question.at),
        "Endpoints": serving,
        **({"NotYetServing": others} if others else {}),
    }


@dataclass(frozen=True)
class _Question:
    """An instant, and what there was when it was asked about.

    Attributes:
        endpoint_names: Of those that are asked about.
        folders: All nights, listed before the switches were.
    """

    log: SwitchLog
    sagemaker: Endpoints
    at: datetime
    own: Collection[str]
    endpoint_names: Sequence[str]
    folders: Sequence[Folder]
    instants: Instants

    @classmethod
    def put(
        cls,
        log: SwitchLog,
        sagemaker: Endpoints,
        at: datetime,
        endpoint_name: str | None,
        own: Collection[str],
    ) -> Self:
        """Look what there is; arguments and errors are those of ``asof``."""
        folders = Shelf(log.s3, log.bucket).folders()
        instants = log.instants(endpoint_name)
        _refuse_future(at, instants.listed_at)
        known = sorted({*instants.of, *own})
        if endpoint_name is not None and endpoint_name not in known:
            raise _unknown(endpoint_name, log, own)
        asked = known if endpoint_name is None else [endpoint_name]
        return cls(log, sagemaker, at, own, asked, folders, instants)

    def answer(self, name: str) -> dict[str, Any]:
        """What is told of an endpoint."""
        switched = self.instants.of.get(name, ())
        may_change = self._unsettled(name, switched).document(self.at)
        return {
            **_endpoint(self.log, name, switched, self.at),
            **({"Provisional": may_change} if may_change else {}),
        }

    def _unsettled(self, name: str, switched: Sequence[datetime]) -> Unsettled:
        found = Unsettled.find(self.log, self.folders, name, self.instants)
        if self.at > self.instants.listed_at:
            found = found.doubted(self.instants.listed_at, "that second is not over by S3's clock")
        # What it has now tells nothing of what it had before its last switch.
        if name not in self.own or (switched and switched[-1] > self.at):
            return found
        last = self.log.last(name, switched)
        try:
            return found.beside(find_endpoint(self.sagemaker, name), last)
        except UNANSWERED as why:
            since = last.at if last else EARLIEST
            return found.doubted(since, f"SageMaker does not tell what the endpoint has: {why}")


def parse_instant(time: str) -> datetime:
    """An instant in UTC.

    Raises:
        InvalidTime: the text is no ISO 8601 date and time with a time zone.
    """
    try:
        instant = datetime.fromisoformat(time)
        if instant.tzinfo:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise InvalidTime(
            f"{time!r} is no instant: give date, time and time zone by ISO 8601, as"
            " 2026-11-21T08:00:00Z"
        ) from wrong
    raise InvalidTime(
        f"{time!r} names no time zone: give {instant.isoformat()}Z if it is UTC, or an offset such"
        " as +09:00 instead of the Z"
    )


def _refuse_future(at: datetime, now: datetime) -> None:
    if at >= now + _RESOLUTION:
        raise InvalidTime(
            f"{iso_milliseconds(at)} is yet to come: ask about {iso_milliseconds(now)}, which is"
            " now, or about any instant before"
        )


def _unknown(endpoint_name: str, log: SwitchLog, own: Collection[str]) -> UnknownEndpoint:
    known = ", ".join(sorted({*log.instants().of, *own})) or "none yet"
    return UnknownEndpoint(
        f"{endpoint_name!r} is none of the stack's endpoints, and nothing was ever deployed to it:"
        f" ask about one of these: {known}"
    )


def _before_first(
    at: datetime,
    instants: Instants,
    endpoint_name: str | None,
    not_yet_serving: Sequence[dict[str, Any]],
) -> BeforeFirstDeployment:
    first = min((each[0] for each in instants.of.values()), default=None)
    open_ends = "".join(
        f" {it['EndpointName']} is provisional {provisional(it['Provisional'])}."
        for it in not_yet_serving
        if "Provisional" in it
    )
    if first is None:
        where = f" to {endpoint_name}" if endpoint_name else ""
        again = f"ask again after {'its' if endpoint_name else 'the'} first rollout."
        return BeforeFirstDeployment(f"Nothing was deployed{where} yet: {again}{open_ends}")
    return BeforeFirstDeployment(
        f"Nothing was deployed by {iso_milliseconds(at)}: ask about {iso_milliseconds(first)},"
        f" when the first package served, or later.{open_ends}"
    )


def _endpoint(
    log: SwitchLog, name: str, switched: Sequence[datetime], at: datetime
) -> dict[str, Any]:
    following, read = bisect_right(switched, at), log.reader(name, switched)
    if following == 0:
        return {"EndpointName": name}
    switch, served = read(following - 1), served_since(read, following - 1)
    until = switched[following : following + 1]
    return {
        "EndpointName": name,
        "Since": iso_milliseconds(switch.at),
        **({"Until": iso_milliseconds(until[0])} if until else {}),
        "Cause": switch.cause,
        "CausedBy": switch.caused_by,
        "EndpointConfigName": switch.endpoint_config_name,
        **(_package(served) if served else {"PackageArn": None}),
    }


def _package(served: Served) -> dict[str, Any]:
    group, version = names.package_group_and_version(served.package_arn)
    return {**served.document, "ModelPackageGroup": group, "Version": version}
