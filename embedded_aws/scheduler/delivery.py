"""Delivers occurrences: calls the target, retries on the virtual clock, buries what fails.

EventBridge Scheduler user guide, "Configuring a schedule's dead-letter queue"; the back-off's
figures and which errors are not retried are not documented there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.delivery import attempts
from embedded_aws.gateway.service import ServiceError
from embedded_aws.queues import queue_url
from embedded_aws.scheduler.targets import Occurrence, Targets


class Delivery:
    """Brings occurrences to their targets under the schedules' roles.

    Each goes its own way, not one after the other: a target may take its time to answer.
    """

    def __init__(self, clients: ClientFactory, clock: Clock, targets: Targets) -> None:
        self._clients = clients
        self._clock = clock
        self._targets = targets

    def deliver(self, occurrence: Occurrence, due: datetime) -> None:
        """Make the first attempt, and arrange for what follows from its failure."""
        policy = occurrence.schedule.target["RetryPolicy"]
        self._attempt(
            attempts.Delivery(
                name=occurrence.schedule.arn,
                send=lambda attempt: self._call(occurrence, attempt),
                bury=lambda failure: self._bury(occurrence, failure),
                policy=attempts.RetryPolicy(
                    policy["MaximumRetryAttempts"], policy["MaximumEventAgeInSeconds"]
                ),
                created_at=due,
            )
        )

    def _attempt(self, delivery: attempts.Delivery) -> None:
        attempts.deliver(delivery, self._clock, self._attempt)

    def _call(self, occurrence: Occurrence, attempt: int) -> None:
        try:
            call = self._targets.call(occurrence, attempt)
            client = self._client(call.service, occurrence)
            getattr(client, xform_name(call.operation))(**call.parameters)
        except (ParamValidationError, ServiceError) as wrong:
            raise attempts.Undeliverable(str(wrong), "ValidationException") from wrong

    def _bury(self, occurrence: Occurrence, failure: attempts.Failure) -> None:
        queue_arn = (occurrence.schedule.target.get("DeadLetterConfig") or {}).get("Arn")
        if not queue_arn:
            return
        attributes = {
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message,
            "EXECUTION_ID": occurrence.execution_id,
            "EXHAUSTED_RETRY_CONDITION": failure.exhausted,
            "IS_PAYLOAD_TRUNCATED": "false",
            "RETRY_ATTEMPTS": str(failure.retry_attempts),
            "SCHEDULED_TIME": occurrence.scheduled_time,
            "SCHEDULE_ARN": occurrence.schedule.arn,
            "TARGET_ARN": occurrence.schedule.target["Arn"],
        }
        self._send(queue_arn, occurrence, self._request(occurrence, failure), attributes)

    def _request(self, occurrence: Occurrence, failure: attempts.Failure) -> str:
        """What the last attempt was to send; the bare input if no request can be made of it."""
        attempt = failure.retry_attempts + 1
        try:
            return json.dumps(self._targets.call(occurrence, attempt).parameters)
        except (ClientError, ServiceError):
            return occurrence.input_text(attempt) or "{}"

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
