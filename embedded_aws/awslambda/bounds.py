"""What ends an invocation before its function does: its timeout, or what was scripted for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from embedded_aws.awslambda.execution_environment import ExecutionEnvironment
from embedded_aws.awslambda.fates import FunctionFate
from embedded_aws.clock import Clock


@dataclass(frozen=True)
class Bounds:
    """Bounds one invocation in virtual time, in which an answer to it may come late."""

    clock: Clock
    environment: ExecutionEnvironment
    request_id: str
    timeout_seconds: int

    @contextmanager
    def held(self, fate: FunctionFate | None) -> Iterator[None]:
        """Let the invocation run no longer than it may."""
        with ExitStack() as stack:
            timers = [self.clock.call_later(self.timeout_seconds, self._time_out)]
            if fate is not None and fate.after_ms:
                strike = lambda: self._strike(fate)  # noqa: E731  # what the timer shows as its name
                timers.append(self.clock.call_later(fate.after_ms / 1000, strike))
            elif fate is not None:
                self._strike(fate)
            for timer in timers:
                stack.callback(self.clock.cancel, timer)
            yield

    def _time_out(self) -> None:
        self.environment.time_out(self.request_id)

    def _strike(self, fate: FunctionFate) -> None:
        struck = self.environment.freeze() if fate.times_out else self.environment.kill()
        if not struck:
            return
        fate.when_struck()
        if fate.times_out:
            # Whoever invoked it waits, at work, for an answer that will not come.
            self.clock.spawn(lambda: self.clock.stall(self.timeout_seconds), "lambda-timeout")
