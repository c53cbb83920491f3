"""The answer to "what was in production at that instant", told from the switch log."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lineage import names
from lineage.errors import BeforeFirstDeployment, InvalidTime, UnknownEndpoint
from lineage.parallel import map_parallel
from lineage.rollouts.switch_log import Instants, SwitchLog
from lineage.rollouts.switches import Served, iso_milliseconds, served_since

SCHEMA_VERSION = 1
# S3 tells its time to the second.
_RESOLUTION = timedelta(seconds=1)


def asof(
    log: SwitchLog, time: str, endpoint_name: str | None = None, own: Collection[str] = ()
) -> dict[str, Any]:
    """What each endpoint served at an instant, or one of them did.

    An answer on all leaves out those that had not served anything yet.

    Args:
        log: The stack's switches.
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
    instants = log.instants(endpoint_name)
    _refuse_future(at, instants.listed_at)
    if endpoint_name is not None and endpoint_name not in instants.of:
        raise _never_served(endpoint_name, log, own)
    _refuse_before_first(at, instants)
    serving = sorted(name for name, switched in instants.of.items() if switched[0] <= at)
    return {
        "SchemaVersion": SCHEMA_VERSION,
        "Time": iso_milliseconds(at),
        "Endpoints": map_parallel(
            lambda name: _endpoint(log, name, instants.of[name], at), serving
        ),
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


def _never_served(
    endpoint_name: str, log: SwitchLog, own: Collection[str]
) -> BeforeFirstDeployment | UnknownEndpoint:
    if endpoint_name in own:
        return BeforeFirstDeployment(
            f"Nothing was deployed to {endpoint_name} yet: ask again after its first rollout."
        )
    known = ", ".join(sorted({*log.instants().of, *own})) or "none yet"
    return UnknownEndpoint(
        f"{endpoint_name!r} is none of the stack's endpoints, and nothing was ever deployed to it:"
        f" ask about one of these: {known}"
    )


def _refuse_before_first(at: datetime, instants: Instants) -> None:
    first = min((each[0] for each in instants.of.values()), default=None)
    if first is None:
        raise BeforeFirstDeployment("Nothing was deployed yet: ask again after the first rollout.")
    if at < first:
        raise BeforeFirstDeployment(
            f"Nothing was deployed by {iso_milliseconds(at)}: ask about {iso_milliseconds(first)},"
            " when the first package served, or later"
        )


def _endpoint(
    log: SwitchLog, name: str, switched: Sequence[datetime], at: datetime
) -> dict[str, Any]:
    following, read = bisect_right(switched, at), log.reader(name, switched)
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
