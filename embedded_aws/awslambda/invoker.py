"""Runs one event of a function in an environment, with Lambda's own log lines around it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from embedded_aws.awslambda import system_log
from embedded_aws.awslambda.bounds import Bounds
from embedded_aws.awslambda.environment_pool import EnvironmentPool
from embedded_aws.awslambda.execution_environment import ExecutionEnvironment, Outcome
from embedded_aws.awslambda.functions import FunctionVersion
from embedded_aws.awslambda.runtime_api import Invocation
from embedded_aws.environment import Environment


@dataclass(frozen=True)
class FunctionCall:
    """Who is invoked with what.

    Attributes:
        function_arn: The ARN that was invoked, with its qualifier if it had one.
        reserved_concurrency: How many environments the function may have busy at a time.
    """

    version: FunctionVersion
    function_arn: str
    payload: bytes
    request_id: str
    reserved_concurrency: int | None = None
    client_context: str = ""


@dataclass(frozen=True)
class Completion:
    """What came of a call, with the tail of its log."""

    outcome: Outcome
    log_tail: str


class Invoker:
    """Runs calls; the virtual clock keeps to real speed meanwhile."""

    def __init__(self, pool: EnvironmentPool, environment: Environment) -> None:
        self._pool = pool
        self._clock = environment.clock
        self._processes = environment.processes
        self._fates = environment.function_fates

    def run(self, call: FunctionCall) -> Completion:
        """Run a call to its end.

        Raises:
            ServiceError: the function's reserved concurrency is used up.
        """
        with (
            self._clock.work(),
            self._pool.lend(call.version, call.reserved_concurrency) as environment,
        ):
            return self._run(call, environment)

    def _run(self, call: FunctionCall, environment: ExecutionEnvironment) -> Completion:
        log, version, request_id = environment.log, call.version, call.request_id
        timeout_seconds = version.configuration.timeout_seconds
        log.begin()
        has_system_log = version.configuration.has_system_log
        if has_system_log:
            log.write(system_log.start(version, request_id, self._clock.now()))
        invocation = Invocation(
            request_id=request_id,
            function_arn=call.function_arn,
            payload=call.payload,
            trace_id=self._trace_id(call),
            client_context=call.client_context,
        )
        bounds = Bounds(self._clock, environment, invocation.request_id, timeout_seconds)
        fate = self._fates.fate_of_invocation(call.function_arn, request_id)
        with self._processes.running(invocation.trace_id, environment.kill):
            outcome = environment.invoke(invocation, timeout_seconds, lambda: bounds.held(fate))
        now = self._clock.now()
        if outcome.status == "timeout":
            log.write(system_log.timed_out(request_id, timeout_seconds, now))
        if has_system_log:
            memory_mb = environment.peak_memory_mb
            for line in system_log.report(version, request_id, outcome, memory_mb, now):
                log.write(line)
        return Completion(outcome, log.tail())

    def _trace_id(self, call: FunctionCall) -> str:
        epoch_seconds = int(self._clock.now().timestamp())
        sampled = int(call.version.configuration.tracing_mode == "Active")
        return f"Root=1-{epoch_seconds:08x}-{uuid.uuid4().hex[:24]};Sampled={sampled}"
