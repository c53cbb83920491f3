"""Which night a scheduled instant stands for, and the execution that is its lock."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError


def data_date(scheduled_time: str, time_zone: str) -> str:
    """The day before the scheduled instant, in the schedule's time zone.

    02:00 in Tokyo is still yesterday in UTC. It is never taken from the clock, which retries
    and catch-ups shift.

    Args:
        scheduled_time: ISO 8601, UTC, as EventBridge Scheduler gives it.
        time_zone: IANA name.
    """
    local = datetime.fromisoformat(scheduled_time).astimezone(ZoneInfo(time_zone))
    return (local.date() - timedelta(days=1)).isoformat()


def start(stepfunctions: Any, state_machine_arn: str, date: str) -> dict[str, Any]:  # noqa: ANN401  # boto3 client
    """Start the night of a data date unless it was started before.

    Step Functions is the lock: the name is the data date and the input is byte-identical per
    date, so a second delivery gets the running execution's ARN or ``ExecutionAlreadyExists``.
    """
    try:
        started = stepfunctions.start_execution(
            stateMachineArn=state_machine_arn, name=date, input=json.dumps({"DataDate": date})
        )
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise
        return {"DataDate": date, "Started": False}
    return {"DataDate": date, "Started": True, "ExecutionArn": started["executionArn"]}
