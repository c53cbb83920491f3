"""What can befall a writer of lineage at one of its calls, be it that AWS did the work or not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from lineage.errors import LineageUnavailable
from tests.lineage.wires import Call, Killed, Wire

_URL = "https://api.sagemaker.us-east-1.amazonaws.com"


class FunctionTimedOut(Killed):
    """The function's own time is over; what it has sent by then arrives all the same."""


class Mishap(Enum):
    """How a call ends; a client that hears nothing has made all its attempts by then."""

    KILLED_AFTER_IT = "the process is killed"
    FUNCTION_TIMES_OUT = "the function runs out of time"
    DONE_AND_READ_TIMES_OUT = "AWS does it at every attempt, and no answer arrives"
    NOT_DONE_AND_READ_TIMES_OUT = "AWS never does it, and no answer arrives"
    CONNECT_TIMES_OUT = "AWS cannot be reached"

    @property
    def error(self) -> type[Exception]:
        """What the caller of a recording sees of it."""
        return Killed if self in _ENDS else LineageUnavailable

    def befall(self, call: Call, request: dict[str, Any]) -> None:
        """Make the call, or not, and raise what comes of it."""
        for _ in range(_TIMES_DONE.get(self, 0)):
            # Nobody hears what AWS says to it, not even that the second attempt is refused.
            with suppress(ClientError):
                call(**request)
        raise self._raised()

    def _raised(self) -> Exception:
        match self:
            case Mishap.KILLED_AFTER_IT:
                return Killed()
            case Mishap.FUNCTION_TIMES_OUT:
                return FunctionTimedOut()
            case Mishap.CONNECT_TIMES_OUT:
                return ConnectTimeoutError(endpoint_url=_URL)
            case _:
                return ReadTimeoutError(endpoint_url=_URL)


_ENDS = {Mishap.KILLED_AFTER_IT, Mishap.FUNCTION_TIMES_OUT}
_TIMES_DONE = {
    Mishap.KILLED_AFTER_IT: 1,
    Mishap.FUNCTION_TIMES_OUT: 1,
    Mishap.DONE_AND_READ_TIMES_OUT: 2,
}


@dataclass(frozen=True)
class Made:
    """A call as it was made."""

    name: str
    request: dict[str, Any]


@dataclass
class TracingWire(Wire):
    """Keeps every call in order."""

    calls: list[Made] = field(default_factory=list)

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        self.calls.append(Made(name, request))
        return super().carry(name, call, request)


@dataclass
class DisturbedWire(Wire):
    """Lets a mishap befall the call of a number; ``struck`` is the call that it was."""

    mishap: Mishap = Mishap.KILLED_AFTER_IT
    number: int = 1
    struck: Made | None = None

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if self.struck is None and self.made.total() + 1 == self.number:
            self.struck = Made(name, request)
            self.mishap.befall(call, request)
        if self.struck and self.mishap is Mishap.FUNCTION_TIMES_OUT:
            self.mishap.befall(call, request)
        return super().carry(name, call, request)


@dataclass
class OvertakenWire(Wire):
    """Lets something happen right before the call of a number."""

    number: int = 1
    overtake: Callable[[], object] = field(default=lambda: None)

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if self.made.total() + 1 == self.number:
            self.overtake()
        return super().carry(name, call, request)


@dataclass
class ConflictingWire(Wire):
    """Refuses every write at first that AWS refuses while another one of the same is under way.

    Attributes:
        is_done: Whether that other one was just the same.
        refused: What was refused, by its name and what was asked.
    """

    is_done: bool = False
    refused: set[str] = field(default_factory=set)

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        code, write = _conflict(name, request), f"{name} {request}"
        if code and write not in self.refused:
            self.refused.add(write)
            if self.is_done:
                call(**request)
            told = {"Error": {"Code": code, "Message": "Another one is under way."}}
            raise ClientError({**told, "ResponseMetadata": {"HTTPStatusCode": 409}}, name)
        return super().carry(name, call, request)


def _conflict(name: str, request: dict[str, Any]) -> str | None:
    if "IfNoneMatch" in request:
        return "ConditionalRequestConflict"
    return "ConflictException" if name.startswith("update_") else None
