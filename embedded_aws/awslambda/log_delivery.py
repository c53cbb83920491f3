"""Delivers functions' output to CloudWatch Logs, off the path of the invocations."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

from embedded_aws.clients import ClientFactory
from embedded_aws.clock import Clock
from embedded_aws.delivery import log_events
from embedded_aws.delivery.attempts import BRIEFLY, Courier, Delivery
from embedded_aws.delivery.log_events import LogEvent, log_event
from embedded_aws.service_principals import ServicePrincipal

BATCH_SECONDS = 1.0


@dataclass(frozen=True)
class Writer:
    """The function's role, which needs the permission to write its logs."""

    role_arn: str
    session_name: str
    assumer: ServicePrincipal


@dataclass(frozen=True)
class LogStream:
    """A log stream's full name, and as whom it is written."""

    group: str
    name: str
    writer: Writer


class LogDelivery:
    """Collects events and writes them in batches.

    Calls to CloudWatch Logs would double the time of short invocations, so a batch waits for
    a second of virtual time, the Telemetry API's default.
    """

    def __init__(self, clock: Clock, clients: ClientFactory) -> None:
        self._clock = clock
        self._clients = clients
        self._courier = Courier(clock, "lambda-logs")
        self._lock = threading.Lock()
        self._pending: dict[LogStream, list[LogEvent]] = defaultdict(list)
        self._made: set[LogStream] = set()
        self._is_due = False

    def put(self, stream: LogStream, message: str) -> None:
        """Take one event, stamped now; it is delivered soon."""
        event = log_event(self._clock.now(), message)
        with self._lock:
            self._pending[stream].append(event)
            if self._is_due:
                return
            self._is_due = True
        self._clock.call_later(BATCH_SECONDS, self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            batches, self._pending = self._pending, defaultdict(list)
            self._is_due = False
        for stream, events in batches.items():
            self._courier.post(
                Delivery(
                    name=f"{stream.group} {stream.name}",
                    send=partial(self._write, stream, events),
                    # AWS drops the output of a function that may not write it, in silence.
                    bury=lambda _failure: None,
                    policy=BRIEFLY,
                    created_at=self._clock.now(),
                )
            )

    def _write(self, stream: LogStream, events: list[LogEvent], _attempt: int) -> None:
        writer = stream.writer
        logs = self._clients.as_role("logs", writer.role_arn, writer.session_name, writer.assumer)
        if stream not in self._made:
            log_events.make_stream_and_group(logs, stream.group, stream.name)
            self._made.add(stream)
        log_events.put(logs, stream.group, stream.name, events)
