"""Reads one queue for one function: batches, partial failures, messages that come back."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.awslambda.event_sources.mapping import EventSourceMapping
from embedded_aws.awslambda.event_sources.records import Message, event_of, failed_ids, is_wanted
from embedded_aws.awslambda.execution_environment import Outcome
from embedded_aws.awslambda.functions import FunctionRegistry
from embedded_aws.awslambda.names import FunctionReference
from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.delivery.attempts import delay_seconds, is_retryable
from embedded_aws.eventbridge.patterns import EventPattern
from embedded_aws.gateway.service import ServiceError
from embedded_aws.moto_mends import sqs_arrivals
from embedded_aws.queues import queue_url

_LOG = logging.getLogger(__name__)
# ReceiveMessage gives no more at once.
_MAX_RECEIVED = 10


@dataclass(frozen=True)
class Reading:
    """What all readers need: functions to run, and their roles to read with.

    Attributes:
        run: Runs a function with an event and waits; raises ``ServiceError`` when it cannot run.
    """

    run: Callable[[FunctionReference, bytes], Outcome]
    registry: FunctionRegistry
    clients: ClientFactory

    def client(self, reference: FunctionReference) -> Any:  # noqa: ANN401  # boto3 client
        """A client of SQS under the function's role."""
        with self.registry.lock:
            version = self.registry.version(reference)
        configuration = version.configuration
        return self.clients.as_role(
            "sqs", configuration.role_arn, configuration.session_name, version.assumer
        )


class QueueReader:
    """One mapping's reader; it handles one batch after the other.

    AWS reads with five threads and more; here a batch has to end before the next begins.
    """

    def __init__(self, mapping: EventSourceMapping, reading: Reading, clock: Clock) -> None:
        self.mapping = mapping
        self._reading = reading
        self._clock = clock
        self._lock = threading.Lock()
        self._is_reading = self._has_more = self._is_closed = False
        self._failures = 0
        self._stop_listening = sqs_arrivals.listen(mapping.source_arn, self._read_in)

    def close(self) -> None:
        """Read no more."""
        self._is_closed = True
        self._stop_listening()

    def start(self) -> None:
        """Read what is there already."""
        self._read_in(0)

    def _read_in(self, delay_seconds: float) -> None:
        # Nobody waits for a queue to be read, so the clock is not pulled: what is delayed comes
        # when time gets there.
        wait_seconds = delay_seconds + self.mapping.window_seconds
        if wait_seconds:
            self._clock.call_later(wait_seconds, self._read)
        else:
            self._clock.spawn(self._read, "lambda-queue-reader")

    def _read(self) -> None:
        if not self._begin():
            return
        try:
            self._handle_batches()
        finally:
            has_more = self._end()
        if has_more:
            self._read()

    def _handle_batches(self) -> None:
        try:
            while self.mapping.is_enabled and not self._is_closed and self._handle_batch():
                pass
        except (BotoCoreError, ClientError, ServiceError) as refused:
            # Else the queue or the function is gone, or its role may not read any more.
            if not isinstance(refused, ServiceError) and is_retryable(refused):
                self._failures += 1
                self._clock.call_later(delay_seconds(self._failures), self._read)
            _LOG.warning("%s: %s", self.mapping.arn, refused)
            self.mapping = _with_result(self.mapping, f"PROBLEM: {refused}")

    def _begin(self) -> bool:
        with self._lock:
            self._has_more, busy = True, self._is_reading
            if not busy:
                self._is_reading, self._has_more = True, False
            return not busy

    def _end(self) -> bool:
        with self._lock:
            self._is_reading = False
            return self._has_more

    def _handle_batch(self) -> bool:
        """Receive a batch and hand it over; tell whether there may be more."""
        sqs = self._reading.client(self.mapping.reference)
        url = queue_url(self._reading.clients, self.mapping.source_arn)
        messages = self._receive(sqs, url)
        if self._failures:
            # What a lost answer held is in nobody's hands until it comes back.
            self._clock.call_later(_visibility_seconds(sqs, url), self._read)
            self._failures = 0
        if not messages:
            return False
        wanted = self._filtered(messages)
        failed = self._failed(wanted) if wanted else set()
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            _delete(sqs, url, done)
        if failed:
            self._clock.call_later(_visibility_seconds(sqs, url), self._read)
        return True

    def _receive(self, sqs: Any, url: str) -> list[Message]:  # noqa: ANN401  # boto3 client
        messages: list[Message] = []
        while left := self.mapping.batch_size - len(messages):
            batch = sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(left, _MAX_RECEIVED),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            messages += batch
            if not batch:
                break
        return messages

    def _filtered(self, messages: Sequence[Message]) -> list[Message]:
        filters = self.mapping.settings.get("FilterCriteria", {}).get("Filters", [])
        patterns = [EventPattern(each["Pattern"]) for each in filters]
        return [
            message for message in messages if is_wanted(message, self.mapping.source_arn, patterns)
        ]

    def _failed(self, messages: Sequence[Message]) -> set[str]:
        every = {message["MessageId"] for message in messages}
        event = event_of(messages, self.mapping.source_arn)
        try:
            outcome = self._reading.run(self.mapping.reference, event)
        except ServiceError as refused:
            self.mapping = _with_result(self.mapping, f"PROBLEM: {refused.message}")
            return every
        if outcome.is_error:
            self.mapping = _with_result(self.mapping, "PROBLEM: Function call failed")
            return every
        self.mapping = _with_result(self.mapping, "OK")
        return failed_ids(outcome.payload, messages) if self.mapping.reports_failures else set()


def _with_result(mapping: EventSourceMapping, result: str) -> EventSourceMapping:
    return replace(mapping, last_result=result)


def _delete(sqs: Any, url: str, messages: Sequence[Mapping[str, Any]]) -> None:  # noqa: ANN401
    for start in range(0, len(messages), _MAX_RECEIVED):
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages[start : start + _MAX_RECEIVED])
        ]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def _visibility_seconds(sqs: Any, url: str) -> float:  # noqa: ANN401  # boto3 client
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    return float(attributes["Attributes"]["VisibilityTimeout"])
