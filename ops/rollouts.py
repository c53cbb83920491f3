"""The rollouts of an endpoint that are on their way, or did not come through last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from lineage.errors import UnknownPackage
from lineage.queries.packages import PackageGroup
from lineage.rollouts.switches import iso_milliseconds
from ops.clients import Response, StepFunctions
from ops.executions import newest_first

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"
_FORM = re.compile(r"-v(\d+)-\d{8}T\d{6}Z")
_APPROVED = "Approved"


def version_of(name: str, endpoint_name: str) -> int | None:
    """The version that a rollout to an endpoint is about; None if no rollout to it has the name.

    The whole form counts: another stack's name may begin with this one's, and anybody may start
    an execution under any name.
    """
    if not name.startswith(endpoint_name):
        return None
    found = _FORM.fullmatch(name.removeprefix(endpoint_name))
    return int(found[1]) if found else None


@dataclass(frozen=True)
class Rollout:
    """One execution of the rollout machine.

    Attributes:
        version: Of the package that it is about.
        status: As Step Functions says.
        ended: None while it runs, or waits until those before it are through.
        reason: Error and cause of what ended it otherwise than well, or what it gave way to; empty
            if it came through.
        is_approved: Whether its package still is; if not, it changes nothing, or goes back.
    """

    name: str
    version: int
    status: str
    started: datetime
    ended: datetime | None = None
    reason: str = ""
    is_approved: bool = True

    @classmethod
    def parse(cls, described: Response, version: int) -> Self:
        """Read an item of ListExecutions, or the response of DescribeExecution."""
        newer = json.loads(described.get("output", "{}")).get("SupersededBy")
        gave_way = f"gave way to {newer}, which was asked for later" if newer else ""
        told = (described.get("error", ""), described.get("cause", ""), gave_way)
        return cls(
            name=described["name"],
            version=version,
            status=described["status"],
            started=described["startDate"],
            ended=described.get("stopDate"),
            reason=": ".join(filter(None, told)),
        )

    @property
    def asked(self) -> tuple[str, datetime]:
        """Sorts rollouts of an endpoint by when each was asked for: the last of them stays.

        By the second in the name, and within it by their start.
        """
        return self.name.rpartition("-")[2], self.started

    @property
    def has_failed(self) -> bool:
        """Whether it ended with an error."""
        return self.status not in {RUNNING, SUCCEEDED}

    @property
    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "Name": self.name,
            "Version": self.version,
            "Status": self.status,
            "StartedAt": iso_milliseconds(self.started),
            "EndedAt": iso_milliseconds(self.ended) if self.ended else None,
            "Reason": self.reason,
        }

    def __str__(self) -> str:
        """One line."""
        if self.ended is None:
            since = iso_milliseconds(self.started)
            lost = (
                "" if self.is_approved else " (no longer approved: changes nothing, or goes back)"
            )
            return f"rollout of version {self.version} under way since {since}{lost}"
        why = " ".join(self.reason.split())
        told = f"rollout of version {self.version} {self.status} at {iso_milliseconds(self.ended)}"
        return ", ".join(filter(None, [told, why]))


def under_way(
    stepfunctions: StepFunctions, machine_arn: str, endpoint_name: str
) -> tuple[Rollout, ...]:
    """The rollouts to an endpoint that run or wait for their turn, oldest first."""
    running = newest_first(stepfunctions, machine_arn, statusFilter=RUNNING)
    found = [Rollout.parse(it, version) for it, version in _to(endpoint_name, running)]
    return tuple(reversed(found))


def with_approvals(
    sagemaker: Any,  # noqa: ANN401  # boto3 client
    group: str,
    rollouts: Iterable[Rollout],
) -> tuple[Rollout, ...]:
    """The same rollouts to production; those under way with whether their package is approved."""
    packages = PackageGroup(sagemaker, group)
    return tuple(
        it if it.ended else replace(it, is_approved=_is_approved(packages, it.version))
        for it in rollouts
    )


def _is_approved(packages: PackageGroup, version: int) -> bool:
    try:
        described = packages.describe(packages.package_arn(version))
    except UnknownPackage:
        return False
    return bool(described["ModelApprovalStatus"] == _APPROVED)


def listed(running: Iterable[Rollout]) -> str:
    """All of them on one line."""
    return ", ".join(map(str, running))


def turn(running: Sequence[Rollout]) -> str:
    """When a rollout that is asked for now has its turn, behind those that are under way."""
    return f"waits for {', '.join(f'the {each}' for each in running)}" if running else "begins"


def fruitless_last(
    stepfunctions: StepFunctions, machine_arn: str, endpoint_name: str
) -> Rollout | None:
    """The rollout to an endpoint that began last of those that ended, unless it came through."""
    everything = newest_first(stepfunctions, machine_arn)
    ended = (each for each in _to(endpoint_name, everything) if each[0]["status"] != RUNNING)
    last, version = next(ended, (None, 0))
    if last is None:
        return None
    described = stepfunctions.describe_execution(executionArn=last["executionArn"])
    found = Rollout.parse(described, version)
    return found if found.status != SUCCEEDED or found.reason else None


def _to(endpoint_name: str, executions: Iterator[Response]) -> Iterator[tuple[Response, int]]:
    """Those that are rollouts to it, each with the version that it is about."""
    for execution in executions:
        version = version_of(execution["name"], endpoint_name)
        if version is not None:
            yield execution, version
