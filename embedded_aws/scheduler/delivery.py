"""Delivers occurrences: calls the target, retries on the virtual clock, buries what fails.

EventBridge Scheduler user guide, "Configuring a schedule's dead-letter queue"; the back-off's
figures and which errors are not retried are not documented there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.delivery.attempts import is_retryable
from embedded_aws.gateway.service import ServiceError
from embedded_aws.queues import queue_url
from embedded_aws.scheduler.targets import ApiCall, Occurrence, Targets

_LOG = logging.getLogger(__name__)
_FIRST_DELAY_SECONDS = 1
_MAX_DELAY_SECONDS = 600


@dataclass(frozen=True)
class Failure:
    """Why an attempt failed, and the request that did."""

    request: str
    code: str
    message: str
    is_retryable: bool


class Delivery:
    """Brings occurrences to their targets under the schedules' roles.

    Retries do not pull the clock: by default they may go on for a day, in which the next
    occurrences fall due.
    """

    def __init__(self, clients: ClientFactory, clock: Clock, targets: Targets) -> None:
        self._clients = clients
        self._clock = clock
        self._targets = targets

    def deliver(self, occurrence: Occurrence, due: datetime, attempt_number: int = 1) -> None:
        """Make one attempt, and arrange for what follows from its failure."""
        failure = self._attempt(occurrence, attempt_number)
        if failure is None:
            return
        policy = occurrence.schedule.target["RetryPolicy"]
        delay = min(_FIRST_DELAY_SECONDS * 2 ** (attempt_number - 1), _MAX_DELAY_SECONDS)
        retry_at = self._clock.now() + timedelta(seconds=delay)
        expires_at = due + timedelta(seconds=policy["MaximumEventAgeInSeconds"])
        if not failure.is_retryable:
            self._bury(occurrence, attempt_number, failure, None)
        elif attempt_number > policy["MaximumRetryAttempts"]:
            self._bury(occurrence, attempt_number, failure, "MaximumRetryAttempts")
        elif retry_at > expires_at:
            self._bury(occurrence, attempt_number, failure, "MaximumEventAgeInSeconds")
        else:
            self._clock.call_at(retry_at, lambda: self.deliver(occurrence, due, attempt_number + 1))

    def _attempt(self, occurrence: Occurrence, attempt_number: int) -> Failure | None:
        request = occurrence.input_text(attempt_number) or "{}"
        try:
            call = self._targets.call(occurrence, attempt_number)
            request = json.dumps(call.parameters)
            self._make(call, occurrence)
        except ClientError as failed:
            error = failed.response["Error"]
            return Failure(request, error["Code"], error["Message"], is_retryable(failed))
        except (ParamValidationError, ServiceError) as wrong:
            return Failure(request, "ValidationException", str(wrong), is_retryable=False)
        return None

    def _make(self, call: ApiCall, occurrence: Occurrence) -> None:
        client = self._client(call.service, occurrence)
        getattr(client, xform_name(call.operation))(**call.parameters)

    def _bury(
        self, occurrence: Occurrence, attempts: int, failure: Failure, condition: str | None
    ) -> None:
        queue_arn = (occurrence.schedule.target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue_arn:
            _LOG.warning("%s dropped: %s", occurrence.schedule.arn, failure.message)
            return
        attributes = {
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
            "EXECUTION_ID": occurrence.execution_id,
            "EXHAUSTED_RETRY_CONDITION": condition,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(attempts - 1),
            "SCHEDULED_TIME": occurrence.scheduled_time,
            "SCHEDULE_ARN": occurrence.schedule.arn,
            "TARGET_ARN": occurrence.schedule.target["Arn"],
        }
        try:
            self._send(queue_arn, occurrence, failure.request, attributes)
        except ClientError as failed:
            # AWS only counts InvocationsFailedToBeSentToDeadLetterCount.
            _LOG.warning("%s: %s", queue_arn, failed)

    def _send(
        self,
        queue_arn: str,
        occurrence: Occurrence,
        body: str,
        attributes: Mapping[str, str | None],
    ) -> None:
        sqs = self._client("sqs", occurrence)
        sqs.send_message(
            QueueUrl=queue_url(self._clients, queue_arn),
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
                if value
            },
        )

    def _client(self, service: str, occurrence: Occurrence) -> Any:  # noqa: ANN401  # boto3 client
        schedule = occurrence.schedule
        return self._clients.as_role(
            service, schedule.target["RoleArn"], schedule.name.ljust(2, "-"), schedule.assumer
        )
