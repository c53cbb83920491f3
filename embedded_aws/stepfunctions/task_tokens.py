"""Task tokens: what a task hands out, and how it hears of those who bring one back."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from embedded_aws.gateway.service import ServiceError
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.errors import StateFailure


@dataclass(frozen=True)
class Settled:
    """What came back with a token: an output, or the failure that the task is to have."""

    output: Json = None
    failure: StateFailure | None = None


@dataclass(frozen=True)
class TokenHolder:
    """A task that waits for its token.

    Attributes:
        settle: Takes the outcome; tells whether the task still wanted one.
        beat: Takes a heartbeat; tells whether the task still wanted one.
    """

    settle: Callable[[Settled], bool]
    beat: Callable[[], bool]


class TaskTokens:
    """The tasks that wait, by token; one that is over needs no memory: its token says whose it was.

    Args:
        knows: Tells whether there is an execution with an ARN.
    """

    def __init__(self, knows: Callable[[str], bool]) -> None:
        self._knows = knows
        self._lock = threading.Lock()
        self._holders: dict[str, TokenHolder] = {}

    def hold(self, token: str, holder: TokenHolder) -> None:
        """Let a token come back to a task."""
        with self._lock:
            self._holders[token] = holder

    def drop(self, token: str) -> None:
        """Let it come back no more."""
        with self._lock:
            self._holders.pop(token, None)

    def settle(self, token: str, settled: Settled) -> None:
        """Hand an outcome to the task that waits for it; no second one is taken.

        Raises:
            ServiceError: ``TaskTimedOut``, ``TaskDoesNotExist`` or ``InvalidToken``.
        """
        if not self._holder(token).settle(settled):
            raise self._refusal(token)
        self.drop(token)

    def beat(self, token: str) -> None:
        """Hand a heartbeat to the task.

        Raises:
            ServiceError: ``TaskTimedOut``, ``TaskDoesNotExist`` or ``InvalidToken``.
        """
        if not self._holder(token).beat():
            raise self._refusal(token)

    def _holder(self, token: str) -> TokenHolder:
        with self._lock:
            holder = self._holders.get(token)
        if holder is None:
            raise self._refusal(token)
        return holder

    def _refusal(self, token: str) -> ServiceError:
        """Why a token that no task waits for is refused.

        Code and message of the first and the last as they were seen on AWS; the model has the
        second, for which no source says when.
        """
        execution_arn = _execution_of(token)
        if execution_arn is None:
            return ServiceError("InvalidToken", "Invalid Token: 'Invalid token'")
        if not self._knows(execution_arn):
            message = f"Task Does Not Exist: its execution {execution_arn} is not known here"
            return ServiceError("TaskDoesNotExist", message)
        message = "Task Timed Out: 'Provided task does not exist anymore'"
        return ServiceError("TaskTimedOut", message)


def make_token(execution_arn: str, place: str) -> str:
    """A token for one attempt of one task.

    Args:
        execution_arn: Whose task it is.
        place: What tells the attempt from all others of the execution.
    """
    named = json.dumps([execution_arn, place, _digest(execution_arn, place)])
    return base64.urlsafe_b64encode(named.encode()).decode()


def _execution_of(token: str) -> str | None:
    """The ARN in a token; None if it never was one."""
    try:
        execution_arn, place, digest = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError):
        return None
    return str(execution_arn) if digest == _digest(execution_arn, place) else None


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]
