"""Task: calls a service through its integration, within the task's time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.clock import Signal
from embedded_aws.stepfunctions import history
from embedded_aws.stepfunctions.definition import TaskState
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import RUNTIME, TASK_FAILED, TIMEOUT, StateFailure
from embedded_aws.stepfunctions.retries import work
from embedded_aws.stepfunctions.scope import Scope
from embedded_aws.stepfunctions.visit import Departure, Visit

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.integrations.integration import Details, Integration


def perform(visit: Visit, state: TaskState) -> Departure:
    """Call the service; arguments are evaluated anew for every attempt."""

    def attempt(scope: Scope) -> Json:
        parameters = visit.ask(state.arguments, scope)
        timeout = None if state.timeout_seconds is None else visit.ask(state.timeout_seconds, scope)
        return TaskAttempt(visit, state.integration, parameters, timeout).result()

    return work(visit, state, attempt)


class TaskAttempt:
    """One attempt: bounds the integration's work in time and writes what comes of it."""

    def __init__(
        self,
        visit: Visit,
        integration: Integration,
        parameters: Json,
        timeout_seconds: int | None,
    ) -> None:
        self.parameters = parameters
        self.execution_arn = visit.strand.run.execution.arn
        self._visit = visit
        self._strand = visit.strand
        self._integration = integration
        self._timeout_seconds = timeout_seconds
        self._deadline = self._deadline_of(timeout_seconds)

    def result(self) -> Json:
        """The service's answer.

        Raises:
            StateFailure: whatever the integration fails with, also written to the history.
        """
        refused = self._integration.problems(self.parameters)
        if refused:
            raise self.refuse(refused)
        events, run = self._integration.events, self._strand.run
        limits = (
            {} if self._timeout_seconds is None else {"timeoutInSeconds": self._timeout_seconds}
        )
        self._strand.record(*events.scheduled(self.parameters, run.region, limits))
        self._strand.record(*events.started())
        try:
            result = self._integration.perform(self)
            text = dumps(result)
            self._visit.refuse_if_too_large(text, self._integration.payload_name)
        except StateFailure as failure:
            self._strand.record(*self._ended(failure))
            raise
        self._strand.record(*events.succeeded(text))
        return result

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A client under the state machine's role.

        Raises:
            StateFailure: the role cannot be assumed.
        """
        try:
            return self._strand.run.client(service)
        except (BotoCoreError, ClientError) as refused:
            raise StateFailure(TASK_FAILED, f"The role cannot be assumed: {refused}") from refused

    def run(self, action: Callable[[], Json]) -> Json:
        """Do blocking work in a thread of its own, but wait no longer than the task may take."""
        outcome: list[Json] = []
        failures: list[StateFailure] = []
        done = Signal()
        clock = self._strand.run.clock

        def act() -> None:
            try:
                outcome.append(action())
            except StateFailure as failure:
                failures.append(failure)
            finally:
                # Also when this thread breaks: the strand must not wait for ever.
                clock.set(done)

        clock.spawn(act, f"{self._strand.path}:task")
        if not self._strand.wait(done, self._seconds_left()):
            raise StateFailure(TIMEOUT)
        if failures:
            raise failures[0]
        return outcome[0]

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass, within the task's time."""
        left = self._seconds_left()
        self._strand.sleep(seconds if left is None else min(seconds, left))
        if left is not None and left <= seconds:
            raise StateFailure(TIMEOUT)

    def record(self, kind: str, details: Details) -> None:
        """Write an event of the attempt's own."""
        self._strand.record(kind, details)

    def refuse(self, reasons: list[str]) -> StateFailure:
        """The failure for parameters that the service cannot be called with."""
        detail = (
            f"The Parameters '{dumps(self.parameters)}' could not be used to start the Task:"
            f" [{', '.join(reasons)}]"
        )
        return self._visit.failure(RUNTIME, detail)

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody waits for this attempt any more."""
        return self._strand.cancelled or self._seconds_left() == 0

    def _ended(self, failure: StateFailure) -> tuple[str, Details]:
        details = history.failure(failure.error, failure.cause)
        events = self._integration.events
        return events.timed_out(details) if failure.error == TIMEOUT else events.failed(details)

    def _deadline_of(self, timeout_seconds: int | None) -> datetime | None:
        if timeout_seconds is None:
            return None
        return self._strand.run.clock.now() + timedelta(seconds=timeout_seconds)

    def _seconds_left(self) -> float | None:
        if self._deadline is None:
            return None
        return max(0.0, (self._deadline - self._strand.run.clock.now()).total_seconds())
