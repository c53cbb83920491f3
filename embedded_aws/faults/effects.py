"""What a fault does to a call, and what it does to a function or a job that runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from embedded_aws.clock import Clock, ClockClosed
from embedded_aws.gateway.call import Call, ConnectionLost, Handler, HttpAnswer
from embedded_aws.gateway.service import ServiceError
from embedded_aws.processes import Processes
from embedded_aws.sagemaker.jobs.fates import Fate


@dataclass(frozen=True)
class Surroundings:
    """What an effect acts on beside the call itself."""

    clock: Clock
    processes: Processes


class _Mishap(ABC):
    """Something that befalls a call on the way to its service or back."""

    def concerns(self, call: Call, surroundings: Surroundings) -> bool:  # noqa: ARG002
        """Whether it can befall this call at all."""
        return True

    @abstractmethod
    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:
        """Answer the call, or fail to."""


@dataclass(frozen=True)
class Refusal(_Mishap):
    """The service refuses with an error of its own; nothing is done."""

    code: str
    message: str
    status: int
    members: Mapping[str, str] = field(default_factory=dict)

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:  # noqa: ARG002
        """Raise the error."""
        raise ServiceError(self.code, self.message, status=self.status, **self.members)


@dataclass(frozen=True)
class BareStatus(_Mishap):
    """Something before the service answers with a status and no document; nothing is done."""

    status: int

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:  # noqa: ARG002
        """Answer with the status."""
        return HttpAnswer(self.status, {}, b"")


@dataclass(frozen=True)
class LostRequest(_Mishap):
    """The connection breaks before the service hears of the call; nothing is done."""

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:  # noqa: ARG002
        """Drop the connection."""
        raise ConnectionLost(f"scripted fault: the request for {call.operation} was lost")


@dataclass(frozen=True)
class GarbledObject(_Mishap):
    """An object is read as so many zero bytes, as if somebody had written it like that."""

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:  # noqa: ARG002
        """Answer with the length that is asked for, and no checksum to tell it by."""
        answer = proceed(call)
        headers = {
            name: value
            for name, value in answer.headers.items()
            if not name.lower().startswith("x-amz-checksum-")
        }
        return HttpAnswer(answer.status, headers, bytes(len(answer.body)))


@dataclass(frozen=True)
class LostResponse(_Mishap):
    """The work is done, the connection breaks before the caller hears of it."""

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:  # noqa: ARG002
        """Do the work and drop the connection, over a refusal as over any answer."""
        with suppress(ServiceError):
            proceed(call)
        raise ConnectionLost(f"scripted fault: the answer to {call.operation} was lost")


@dataclass(frozen=True)
class Latency(_Mishap):
    """The work is done, the answer comes late: too late for a client that gave up before.

    Attributes:
        seconds: Of virtual time.
        read_timeout_seconds: How long the client waits, which only it knows; boto3 waits for
            60 s unless it is told otherwise. A client whose time is over sees its connection
            break: of its own clock, nothing like that time went by.
    """

    seconds: float
    read_timeout_seconds: float

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:
        """Answer or refuse after a while, or drop the connection when patience ends."""
        try:
            return proceed(call)
        finally:
            self._pass(call, surroundings)

    def _pass(self, call: Call, surroundings: Surroundings) -> None:
        try:
            surroundings.clock.stall(min(self.seconds, self.read_timeout_seconds))
        except ClockClosed as closed:
            raise ConnectionLost(f"no time is left for {call.operation}") from closed
        if self.seconds >= self.read_timeout_seconds:
            waited = f"{self.read_timeout_seconds:g} s"
            raise ConnectionLost(f"scripted fault: no answer to {call.operation} within {waited}")


@dataclass(frozen=True)
class KilledCaller(_Mishap):
    """The function that makes the call is killed at it, before or after the work is done."""

    is_served: bool

    def concerns(self, call: Call, surroundings: Surroundings) -> bool:
        """Whether a function's process makes the call."""
        return surroundings.processes.runs(call.context.trace_id)

    def befall(self, call: Call, proceed: Handler, surroundings: Surroundings) -> HttpAnswer:
        """Kill the process; there is nobody left to answer."""
        if self.is_served:
            with suppress(ServiceError, ConnectionLost):
                proceed(call)
        surroundings.processes.kill(call.context.trace_id)
        raise ConnectionLost(f"scripted fault: the caller of {call.operation} was killed")


@dataclass(frozen=True)
class FunctionEnd:
    """A function's process is killed while it runs, or runs out of its time.

    Attributes:
        times_out: The function ends by its timeout, which passes in virtual time; else it
            ends at once, as a process that was killed.
        after_ms: Of the function's own time, from the moment it gets its event; a process
            that ends at 0 never sees it.
    """

    times_out: bool
    after_ms: int


CallEffect = (
    Refusal | BareStatus | LostRequest | LostResponse | GarbledObject | Latency | KilledCaller
)
Effect = CallEffect | FunctionEnd | Fate
"""A job's effect is the fate that the jobs themselves know."""
