"""Whether what a teardown ended is on record: the functions that see to it go with the stack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lineage.records.shelf import Shelf
from lineage.rollouts.deployments import Deployments
from lineage.rollouts.endpoints import find_endpoint
from lineage.rollouts.switch_log import SwitchLog
from ops.endpoints import periods
from ops.executions import named_date, newest_first
from ops.teardown.clients import Clients
from ops.teardown.estate import Estate
from ops.teardown.leftover import Leftover

_LATEST = 20


def unrecorded_ends(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """Nights and rollouts that were stopped, and whose end is not on record yet."""
    if estate.stack is None:
        return
    shelf = Shelf(clients.s3, estate.stack.bucket_name)
    for item in islice(_stopped(clients, estate.stack.state_machine_arn), _LATEST):
        arn, data_date = item["executionArn"], named_date(item["name"])
        if data_date and not _has_failure(shelf, data_date, arn):
            yield Leftover("record", item["name"], "the end of a night", None)
    for endpoint_name in estate.endpoint_names.values():
        for title in sorted(Deployments.find(clients.s3, shelf.bucket, endpoint_name).unfinished):
            yield Leftover("record", title, "the end of a rollout", None)


def unrecorded_switches(clients: Clients, estate: Estate) -> Iterator[Leftover]:
    """Endpoints that are gone although the switch log says that they serve."""
    if estate.stack is None:
        return
    log = SwitchLog(clients.s3, estate.stack.bucket_name)
    for name in estate.endpoint_names.values():
        newest = next(periods(log, name), None)
        if newest and not newest.is_gone and find_endpoint(clients.sagemaker, name) is None:
            yield Leftover("record", name, "the end of an endpoint", None)


def _stopped(clients: Clients, machine_arn: str) -> Iterator[dict[str, str]]:
    return newest_first(clients.stepfunctions, machine_arn, statusFilter="ABORTED")


def _has_failure(shelf: Shelf, data_date: str, execution_arn: str) -> bool:
    folders = shelf.folders(f"lineage/dt={data_date}/")
    return any(
        failure.failure.execution_arn == execution_arn
        for night in shelf.search(folders, execution_arn)
        for failure in night.failures
    )
