"""Task: calls a service through its integration, within the task's time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.clock import Signal
from embedded_aws.stepfunctions import history
from embedded_aws.stepfunctions.definition import TaskState
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import RUNTIME, TASK_FAILED, TIMEOUT, StateFailure
from embedded_aws.stepfunctions.integrations.integration import Details, TokenReturned
from embedded_aws.stepfunctions.retries import work
from embedded_aws.stepfunctions.scope import Scope
from embedded_aws.stepfunctions.states.deadlines import Deadline
from embedded_aws.stepfunctions.states.task_requests import TaskRequest, evaluate
from embedded_aws.stepfunctions.task_tokens import Settled, TokenHolder, make_token
from embedded_aws.stepfunctions.visit import Departure, Visit


def perform(visit: Visit, state: TaskState) -> Departure:
    """Call the service; arguments are evaluated anew for every attempt."""
    strand = visit.strand

    def context() -> Mapping[str, Json]:
        if not state.integration.hands_out_token:
            return {}
        # No other attempt starts at this event of this strand.
        place = f"{strand.run.seed}{strand.path}#{strand.last_event_id}"
        return {"Task": {"Token": make_token(strand.run.execution.arn, place)}}

    def attempt(scope: Scope) -> Json:
        return TaskAttempt(visit, state, evaluate(visit, state, scope)).result()

    return work(visit, state, attempt, context=context)


class TaskAttempt:
    """One attempt: bounds the integration's work in time and writes what comes of it."""

    def __init__(self, visit: Visit, state: TaskState, request: TaskRequest) -> None:
        run = visit.strand.run
        self.parameters = request.parameters
        self.execution_arn = run.execution.arn
        self.state_machine_arn = run.execution.revision.machine_arn
        self._visit = visit
        self._strand = visit.strand
        self._integration = state.integration
        self._request = request
        self._deadline = Deadline(run.clock.now, request.timeout_seconds, request.heartbeat_seconds)
        self._awaited = Signal()
        self._settled: Settled | None = None
        self._lock = threading.Lock()

    def result(self) -> Json:
        """The service's answer.

        Raises:
            StateFailure: whatever the integration fails with, also written to the history.
        """
        self._refuse_if_unusable()
        events, run = self._integration.events, self._strand.run
        self._strand.record(*events.scheduled(self.parameters, run.region, self._request.details()))
        self._strand.record(*events.started())
        try:
            result = self._performed()
            text = dumps(result)
            self._visit.refuse_if_too_large(text, self._integration.payload_name)
        except StateFailure as failure:
            self._strand.record(*self._ended(failure))
            raise
        self._strand.record(*events.succeeded(text))
        return result

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A client under the state machine's role, or the one in the task's credentials.

        Raises:
            StateFailure: the role cannot be assumed.
        """
        try:
            return self._strand.run.client(service, self._request.role_arn)
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
        self._wait(done)
        if failures:
            raise failures[0]
        return outcome[0]

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass, within the task's time."""
        self._wait(Signal(), seconds)

    def await_token(self) -> NoReturn:
        """Wait for the token, which ends the attempt as the end of its time does."""
        self._wait(Signal())
        raise TokenReturned

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
        return self._strand.cancelled or self._deadline.is_over

    def _refuse_if_unusable(self) -> None:
        self._visit.refuse_if_too_large(dumps(self.parameters), self._visit.state.name)
        refused = self._integration.problems(self.parameters)
        if refused:
            raise self.refuse(refused)

    def _performed(self) -> Json:
        if self._request.token is None:
            return self._integration.perform(self)
        tokens = self._strand.run.tokens
        tokens.hold(self._request.token, TokenHolder(self._settle, self._beat))
        try:
            return self._integration.perform(self)
        except TokenReturned:
            return self._returned()
        finally:
            tokens.drop(self._request.token)

    def _returned(self) -> Json:
        assert self._settled is not None  # noqa: S101  # only _wait raises TokenReturned
        if self._settled.failure is not None:
            raise self._settled.failure
        return self._settled.output

    def _settle(self, settled: Settled) -> bool:
        with self._lock:
            if self.is_cancelled or self._settled is not None:
                return False
            self._settled = settled
        self._strand.run.clock.set(self._awaited)
        return True

    def _beat(self) -> bool:
        if self.is_cancelled:
            return False
        self._deadline.beat()
        return True

    def _wait(self, signal: Signal, seconds: float | None = None) -> None:
        """Wait for the signal or for ``seconds``, for the token or the end of the task's time."""
        # Set before the look at the token: whoever returns it later sets this very signal.
        self._awaited = signal
        sleep = Deadline(self._strand.run.clock.now, seconds, None)
        while not self._has_returned():
            left = [d.seconds_left() for d in (self._deadline, sleep)]
            nearest = min((limit for limit in left if limit is not None), default=None)
            is_set = self._strand.wait(signal, nearest, pulls=seconds is not None)
            if self._has_returned():
                break
            if not is_set and self._deadline.is_over:
                raise self._deadline.failure()
            if is_set or sleep.is_over:
                return
        raise TokenReturned

    def _has_returned(self) -> bool:
        return self._settled is not None

    def _ended(self, failure: StateFailure) -> tuple[str, Details]:
        details = history.failure(failure.error, failure.cause)
        events = self._integration.events
        return events.timed_out(details) if failure.error == TIMEOUT else events.failed(details)
