"""The rollouts of an endpoint that are on their way, or did not come through last."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from lineage.rollouts.switches import iso_milliseconds
from ops.clients import Response, StepFunctions
from ops.executions import newest_first

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True)
class Rollout:
    """One execution of the rollout machine.

    Attributes:
        version: Of the package that it is about.
        status: As Step Functions says.
        ended: None while it runs, or waits until those before it are through.
        reason: Error and cause of what ended it otherwise than well.
    """

    name: str
    version: int
    status: str
    started: datetime
    ended: datetime | None = None
    reason: str = ""

    @classmethod
    def parse(cls, described: Response, endpoint_name: str) -> Self:
        """Read an item of ListExecutions, or the response of DescribeExecution."""
        told = (described.get("error", ""), described.get("cause", ""))
        return cls(
            name=described["name"],
            version=int(described["name"].removeprefix(_prefix(endpoint_name)).partition("-")[0]),
            status=described["status"],
            started=described["startDate"],
            ended=described.get("stopDate"),
            reason=": ".join(filter(None, told)),
        )

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
        """One line; the reason in short."""
        if self.ended is None:
            since = iso_milliseconds(self.started)
            return f"rollout of version {self.version} under way since {since}"
        why = textwrap.shorten(self.reason, _SHOWN_CHARACTERS, placeholder=" ...")
        told = f"rollout of version {self.version} {self.status} at {iso_milliseconds(self.ended)}"
        return ", ".join(filter(None, [told, why]))


def under_way(
    stepfunctions: StepFunctions, machine_arn: str, endpoint_name: str
) -> tuple[Rollout, ...]:
    """The rollouts to an endpoint that run or wait for their turn, oldest first."""
    running = newest_first(stepfunctions, machine_arn, statusFilter=RUNNING)
    return tuple(reversed([Rollout.parse(it, endpoint_name) for it in _to(endpoint_name, running)]))


def failed_last(
    stepfunctions: StepFunctions, machine_arn: str, endpoint_name: str
) -> Rollout | None:
    """The rollout to an endpoint that began last of those that ended, unless it succeeded."""
    everything = newest_first(stepfunctions, machine_arn)
    ended = (it for it in _to(endpoint_name, everything) if it["status"] != RUNNING)
    last = next(ended, None)
    if last is None or last["status"] == SUCCEEDED:
        return None
    described = stepfunctions.describe_execution(executionArn=last["executionArn"])
    return Rollout.parse(described, endpoint_name)


def _to(endpoint_name: str, executions: Iterator[Response]) -> Iterator[Response]:
    return (it for it in executions if it["name"].startswith(_prefix(endpoint_name)))


def _prefix(endpoint_name: str) -> str:
    """What the name of every rollout to it begins with, before the version."""
    return f"{endpoint_name}-v"
