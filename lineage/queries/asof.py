"""The answer to "what was in production at that instant", told from the switch log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lineage import names
from lineage.errors import BeforeFirstDeployment, InvalidTime, UnknownEndpoint
from lineage.parallel import map_parallel
from lineage.records.shelf import Shelf
from lineage.rollouts.endpoints import Endpoints, find_endpoint
from lineage.rollouts.settling import Seen
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Served, iso_milliseconds, served_since
from lineage.rollouts.unsettled import Unsettled

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
    at = parse_instant(time)
    folders = Shelf(log.s3, log.bucket).folders()
    instants = log.instants(endpoint_name)
    _refuse_future(at, instants.listed_at)
    known = {*instants.of, *own}
    if endpoint_name is not None and endpoint_name not in known:
        raise _unknown(endpoint_name, log, own)

    def told(name: str) -> dict[str, Any]:
        switched = instants.of.get(name, ())
        unsettled = Unsettled.find(log, folders, name, instants)
        # What it has now tells nothing of what it had before its last switch.
        if name in own and (not switched or switched[-1] <= at):
            seen = Seen.of(name, find_endpoint(sagemaker, name))
            unsettled = unsettled.beside(seen, log.last(name, switched))
        provisional = unsettled.document(at)
        return {
            **_endpoint(log, name, switched, at),
            **({"Provisional": provisional} if provisional else {}),
        }

    found = map_parallel(told, sorted(known) if endpoint_name is None else [endpoint_name])
    serving, others = ([it for it in found if ("Since" in it) is had] for had in (True, False))
    if not serving:
        raise _before_first(at, instants, endpoint_name, others)
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Time": iso_milliseconds(at),
        "Endpoints": serving,
        **({"NotYetServing": others} if others else {}),
    }


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
    told = "".join(f" That is provisional: {it}." for it in _open_ends(not_yet_serving))
    if first is None:
        where = f" to {endpoint_name}" if endpoint_name else ""
        again = f"ask again after {'its' if endpoint_name else 'the'} first rollout."
        return BeforeFirstDeployment(f"Nothing was deployed{where} yet: {again}{told}")
    return BeforeFirstDeployment(
        f"Nothing was deployed by {iso_milliseconds(at)}: ask about {iso_milliseconds(first)},"
        f" when the first package served, or later.{told}"
    )


def _open_ends(not_yet_serving: Sequence[dict[str, Any]]) -> Iterator[str]:
    for each in not_yet_serving:
        provisional = each.get("Provisional", {"Deployments": ()})
        for name in provisional["Deployments"]:
            yield f"{name} has started, and no record tells yet how it ended"
        if "Found" in provisional:
            yield f"{each['EndpointName']} has {provisional['Found']}, of which no record tells yet"


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
