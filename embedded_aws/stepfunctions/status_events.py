"""Tells EventBridge when an execution's status changes.

Developer Guide, "Step Functions Execution Status Change events".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.outbox import Outbox
from embedded_aws.stepfunctions.documents import dumps
from embedded_aws.stepfunctions.executions import Execution
from embedded_aws.stepfunctions.history import Event

if TYPE_CHECKING:
    from datetime import datetime

    from embedded_aws.environment import Environment

# PutEvents takes no more at once.
_MAX_ENTRIES = 10


class StatusEvents:
    """Puts one event on the default bus for each status."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._now = environment.clock.now
        self._outbox = Outbox(environment.clock, "states:status-events", self._put)

    def recorded(self, execution: Execution, event: Event) -> None:
        """History events are not sent."""

    def changed(self, execution: Execution) -> None:
        """Send the execution's status as it is now."""
        with execution.lock:
            entry = {
                "Source": "aws.states",
                "DetailType": "Step Functions Execution Status Change",
                "Time": self._now(),
                "Resources": [execution.arn],
                "Detail": dumps(status_detail(execution)),
            }
        self._outbox.post(entry)

    def _put(self, entries: list[dict[str, Any]]) -> None:
        client = self._clients.as_service("events")
        for start in range(0, len(entries), _MAX_ENTRIES):
            client.put_events(Entries=entries[start : start + _MAX_ENTRIES])


def status_detail(execution: Execution) -> dict[str, Any]:
    """The event's detail: DescribeExecution with epoch milliseconds; what is absent is null."""
    outcome = execution.outcome
    has_output = "output" in outcome
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.revision.machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": _milliseconds(execution.started_at),
        "stopDate": _milliseconds(execution.stopped_at),
        "input": execution.input_text,
        "output": outcome.get("output"),
        "inputDetails": {"included": True},
        "outputDetails": {"included": True} if has_output else None,
        "error": outcome.get("error"),
        "cause": outcome.get("cause"),
        "stateMachineVersionArn": execution.version_arn,
        "stateMachineAliasArn": execution.alias_arn,
        "redriveCount": execution.redrive_count,
        "redriveDate": _milliseconds(execution.redriven_at),
    }


def _milliseconds(when: datetime | None) -> int | None:
    return None if when is None else int(when.timestamp() * 1000)
