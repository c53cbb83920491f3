"""Writes history events to the log group that a state machine's logging configuration names.

Format and levels: Developer Guide, "Using CloudWatch Logs to log execution history".
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from embedded_aws.delivery import log_events
from embedded_aws.delivery.attempts import BRIEFLY, Courier, Delivery
from embedded_aws.delivery.log_events import LogEvent, log_event
from embedded_aws.gateway.service import ServiceError
from embedded_aws.stepfunctions.documents import dumps
from embedded_aws.stepfunctions.executions import Execution
from embedded_aws.stepfunctions.history import Event, details_member, without_data

if TYPE_CHECKING:
    from embedded_aws.environment import Environment

_LOG_GROUP = re.compile(r"arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:(?P<name>[^:]+):\*")
_FATAL = {"ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}
_UNAUTHORIZED = "The state machine IAM Role is not authorized to access the Log Destination"
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")


class LogDelivery:
    """Collects the events of an execution and writes them in one go when it ends."""

    def __init__(self, environment: Environment) -> None:
        self._clients = environment.clients
        self._pending: dict[Execution, list[Event]] = defaultdict(list)
        self._lock = threading.Lock()
        self._clock = environment.clock
        self._courier = Courier(environment.clock, "states:logs")

    def check(self, logging: Mapping[str, Any], role_arn: str) -> None:
        """Refuse a configuration that names no log group, or none that the role may look for.

        Of the eight permissions that the guide asks for, these two are looked at; those for log
        deliveries are for operations that CloudWatch Logs does not publish.

        Raises:
            ServiceError: ``InvalidLoggingConfiguration``, or ``AccessDeniedException``.
        """
        if logging.get("level", "OFF") == "OFF":
            return
        destinations = logging.get("destinations", [])
        if len(destinations) != 1:
            raise _invalid("Must specify exactly one Log Destination.")
        group = _log_group(logging)
        if not self._exists(group, role_arn):
            raise _invalid("Log Destination not found.")

    def recorded(self, execution: Execution, event: Event) -> None:
        """Keep an event that the level asks for."""
        if _is_logged(execution.revision.logging["level"], event["type"]):
            with self._lock:
                self._pending[execution].append(event)

    def changed(self, execution: Execution) -> None:
        """Write what has been kept, once the execution has ended."""
        if execution.status == "RUNNING":
            return
        with self._lock:
            events = self._pending.pop(execution, [])
        if events:
            self._courier.post(
                Delivery(
                    name=f"the log of {execution.arn}",
                    send=partial(self._write, execution, events),
                    bury=lambda _failure: None,
                    policy=BRIEFLY,
                    created_at=self._clock.now(),
                )
            )

    def _write(self, execution: Execution, events: list[Event], _attempt: int) -> None:
        logs = self._clients.as_service("logs")
        group, stream = _log_group(execution.revision.logging), _log_stream(execution)
        # A redriven execution goes on in its stream.
        log_events.make_stream(logs, group, stream)
        log_events.put(logs, group, stream, [_entry(execution, event) for event in events])

    def _exists(self, group: str, role_arn: str) -> bool:
        client = self._clients.as_role("logs", role_arn, "StepFunctions")
        try:
            client.describe_resource_policies()
            answer = client.describe_log_groups(logGroupNamePrefix=group)
        except ClientError as refused:
            if refused.response["Error"]["Code"] == "AccessDeniedException":
                raise ServiceError("AccessDeniedException", _UNAUTHORIZED) from refused
            raise _invalid(str(refused)) from refused
        return any(found["logGroupName"] == group for found in answer["logGroups"])


def _log_group(logging: Mapping[str, Any]) -> str:
    arn = logging["destinations"][0].get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
    named = _LOG_GROUP.fullmatch(arn)
    if named is None:
        raise _invalid("Invalid LogGroup ARN.")
    return named["name"]


def _log_stream(execution: Execution) -> str:
    digest = hashlib.sha256(execution.arn.encode()).hexdigest()[:8]
    return f"states/{execution.revision.name}/{execution.started_at:%Y-%m-%d-%H-%M}/{digest}"


def _entry(execution: Execution, event: Event) -> LogEvent:
    return log_event(event["timestamp"], dumps(_message(execution, event)))


def _message(execution: Execution, event: Event) -> dict[str, Any]:
    shown = event if execution.revision.logging["includeExecutionData"] else without_data(event)
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": shown.get(details_member(event["type"]), {}),
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(int(event["timestamp"].timestamp() * 1000)),
        "execution_arn": execution.arn,
        "redrive_count": str(execution.redrive_count),
    }


def _is_logged(level: str, kind: str) -> bool:
    if level == "ERROR":
        return kind.endswith(_ERROR_ENDINGS)
    return level == "ALL" or (level == "FATAL" and kind in _FATAL)


def _invalid(reason: str) -> ServiceError:
    return ServiceError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {reason}")
