"""What a service integration is to a Task state, and what a Task state offers to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol

from embedded_aws.stepfunctions.documents import Json

Details = Mapping[str, Any]


class TokenReturned(Exception):
    """The attempt's token came back: whatever the integration still does is of no interest."""


class Attempt(Protocol):
    """One attempt of a Task state, as its integration sees it."""

    @property
    def parameters(self) -> Json:
        """The evaluated arguments."""
        ...

    @property
    def execution_arn(self) -> str:
        """Whose task it is."""
        ...

    @property
    def state_machine_arn(self) -> str:
        """Whose execution it is."""
        ...

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 clients have no static type
        """A client under the state machine's role."""
        ...

    def run(self, action: Callable[[], Json]) -> Json:
        """Do blocking work, but no longer than the task may take.

        Raises:
            StateFailure: ``States.Timeout``.
            TokenReturned: the attempt is over.
            Cancelled: the execution has ended meanwhile; the work's outcome is lost.
        """
        ...

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass, within the same bounds."""
        ...

    def await_token(self) -> NoReturn:
        """Wait for the token, within the same bounds; never returns."""
        ...

    def record(self, kind: str, details: Details) -> None:
        """Write an event of the attempt's own.

        Raises:
            Cancelled: nobody waits for this attempt any more.
        """
        ...

    def refuse(self, reasons: list[str]) -> Exception:
        """The failure for parameters that the service cannot be called with."""
        ...

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody waits for this attempt any more."""
        ...


class TaskEvents(Protocol):
    """How an integration's attempts stand in the history: event type and details."""

    def scheduled(self, parameters: Json, region: str, more: Details) -> tuple[str, Details]:
        """The attempt begins."""
        ...

    def started(self) -> tuple[str, Details | None]:
        """The service is called."""
        ...

    def succeeded(self, output_text: str) -> tuple[str, Details]:
        """There is a result."""
        ...

    def failed(self, details: Details) -> tuple[str, Details]:
        """There is an error."""
        ...

    def timed_out(self, details: Details) -> tuple[str, Details]:
        """The task took too long."""
        ...


class Integration(Protocol):
    """A kind of Task: which events it leaves, what it does."""

    @property
    def events(self) -> TaskEvents:
        """Which events its attempts leave."""
        ...

    @property
    def payload_name(self) -> str:
        """What a message about its result calls it."""
        ...

    @property
    def hands_out_token(self) -> bool:
        """Whether ``Task.Token`` is in the context object, for others to end the task with."""
        ...

    def perform(self, attempt: Attempt) -> Json:
        """Call the service; the task's result.

        Raises:
            StateFailure: the service refused, failed, or took too long.
        """
        ...

    def problems(self, arguments: Json) -> list[str]:
        """What is wrong with arguments, as far as their names tell."""
        ...
