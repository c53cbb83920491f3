"""Executions as the API shows them: summaries, data, and whether they can be redriven."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from embedded_aws.stepfunctions import history
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.executions import Execution

_REDRIVABLE = {"FAILED", "TIMED_OUT", "ABORTED"}
_REDRIVE_WINDOW = timedelta(days=14)
_MAX_EVENTS_TO_REDRIVE = 24_999
# The quotas page gives this number for a Map Run; it is taken for executions as well.
_MAX_REDRIVES = 1_000
_LONGEST_OPEN = timedelta(days=365)


def started_details(execution: Execution) -> Mapping[str, Any]:
    """Details of the event that begins its history."""
    return {
        "input": execution.input_text,
        "inputDetails": history.NOT_TRUNCATED,
        "roleArn": execution.revision.role_arn,
        **_qualified(execution),
    }


def list_item(execution: Execution) -> Json:
    """An entry of ListExecutions."""
    with execution.lock:
        return {**summary(execution), "redriveCount": execution.redrive_count}


def summary(execution: Execution) -> dict[str, Any]:
    """What ListExecutions and DescribeExecution have in common."""
    moments = {"stopDate": execution.stopped_at, "redriveDate": execution.redriven_at}
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.revision.machine_arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": execution.started_at,
        **_qualified(execution),
        **{member: moment for member, moment in moments.items() if moment is not None},
    }


def input_and_outcome(execution: Execution) -> dict[str, Any]:
    """Input and outcome; an execution that timed out shows neither error nor cause."""
    known: dict[str, Any] = {"input": execution.input_text, "inputDetails": {"included": True}}
    if execution.status == "SUCCEEDED":
        output = {"output": execution.outcome["output"], "outputDetails": {"included": True}}
        return {**known, **output}
    if execution.status == "TIMED_OUT":
        return known
    return {**known, **execution.outcome}


def redrive_status(execution: Execution, now: datetime) -> dict[str, Any]:
    """Whether it can be redriven, and if not, why."""
    reason = _why_not_redrivable(execution, now)
    known = {"redriveCount": execution.redrive_count}
    if reason is None:
        return {**known, "redriveStatus": "REDRIVABLE"}
    return {**known, "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}


def _qualified(execution: Execution) -> dict[str, str]:
    known = {
        "stateMachineVersionArn": execution.version_arn,
        "stateMachineAliasArn": execution.alias_arn,
    }
    return {member: arn for member, arn in known.items() if arn is not None}


def _why_not_redrivable(execution: Execution, now: datetime) -> str | None:
    if execution.status not in _REDRIVABLE:
        return f"Execution is {execution.status} and cannot be redriven"
    if execution.stopped_at is not None and now - execution.stopped_at > _REDRIVE_WINDOW:
        return "Execution has exceeded the redrivable period of 14 days"
    if len(execution.history) >= _MAX_EVENTS_TO_REDRIVE:
        return "Execution history event limit exceeded"
    if execution.redrive_count >= _MAX_REDRIVES:
        return "Execution has exceeded the maximum number of redrives (1000)"
    if now - execution.started_at >= _LONGEST_OPEN:
        return "Execution has exceeded the maximum execution time of one year"
    return None
