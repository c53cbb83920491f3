"""One visit of one state: entering it, asking its queries, leaving it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from embedded_aws.stepfunctions import history
from embedded_aws.stepfunctions.documents import (
    MAX_PAYLOAD_BYTES,
    Json,
    dumps,
    iso_instant,
    size_bytes,
)
from embedded_aws.stepfunctions.errors import (
    DATA_LIMIT_EXCEEDED,
    QUERY_EVALUATION_ERROR,
    QueryFailure,
    StateFailure,
)
from embedded_aws.stepfunctions.scope import Query, Scope

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.definition import Exit, State
    from embedded_aws.stepfunctions.strand import Strand


@dataclass(frozen=True)
class Departure:
    """A state has been left: with which output, and where to."""

    output: Json
    output_text: str
    next: str | None


class Visit:
    """A state's behaviour works on this: its strand, its input, its place in the history."""

    def __init__(self, strand: Strand, state: State, state_input: Json, input_text: str) -> None:
        self.strand = strand
        self.state = state
        self.input = state_input
        self.input_text = input_text
        self._entered_event_id = 0
        self._entered_at = strand.run.clock.now()

    def enter(self) -> None:
        """Write that the state was entered.

        Raises:
            StateFailure: ``States.DataLimitExceeded``, at the first state of a branch or iteration.
        """
        self.refuse_if_too_large(self.input_text, self.state.name)
        entered = history.state_entered(self.state.name, self.input_text)
        self._entered_event_id = self.strand.record(f"{self.state.kind}StateEntered", entered)

    @cached_property
    def scope(self) -> Scope:
        """What the state's expressions see at entry."""
        run, strand = self.strand.run, self.strand
        state = {"Name": self.state.name, "EnteredTime": iso_instant(self._entered_at)}
        context = {**run.context(), **strand.context, "State": state}
        return Scope(self.input, context, strand.variables, run.clock.now, strand.chance)

    def scope_of_attempt(self, retry_count: int) -> Scope:
        """The same for the n-th attempt of a state that can retry."""
        state = {**self.scope.context["State"], "RetryCount": retry_count}
        return self.scope.at(State=state)

    def ask(self, query: Query, scope: Scope | None = None) -> Json:
        """Evaluate a field of the state.

        Raises:
            StateFailure: it could not be evaluated; the history says so.
        """
        try:
            return query(self.scope if scope is None else scope)
        except QueryFailure as failed:
            raise self._failure(failed) from failed

    def leave(self, way: Exit, scope: Scope | None = None) -> Departure:
        """Evaluate output and variables, and write that the state was left."""
        output = self.ask(way.output, scope)
        assigned: Mapping[str, Json] = self.ask(way.assign, scope)
        text = dumps(output)
        self.refuse_if_too_large(text, self.state.name)
        texts = {name: dumps(value) for name, value in assigned.items()}
        if texts:
            self.strand.assign(assigned, texts, self.state.name)
        exited = history.state_exited(self.state.name, text, texts)
        self.strand.record(f"{self.state.kind}StateExited", exited)
        return Departure(output, text, way.next)

    def refuse_if_too_large(self, text: str, name: str) -> None:
        """Fail with States.DataLimitExceeded if a result's text is over 256 KiB."""
        if size_bytes(text) > MAX_PAYLOAD_BYTES:
            cause = (
                f"The state/task '{name}' returned a result with a size exceeding the maximum"
                " number of bytes service limit."
            )
            raise StateFailure(DATA_LIMIT_EXCEEDED, cause)

    def failure(self, error: str, detail: str) -> StateFailure:
        """A failure of the state itself, in AWS's words."""
        cause = (
            f"An error occurred while executing the state '{self.state.name}'"
            f" (entered at the event id #{self._entered_event_id}). {detail}"
        )
        return StateFailure(error, cause)

    def _failure(self, failed: QueryFailure) -> StateFailure:
        failure = self.failure(failed.error, failed.detail)
        if failed.error == QUERY_EVALUATION_ERROR:
            details = history.failure(failure.error, failure.cause)
            location = {} if failed.location is None else {"location": failed.location}
            self.strand.record(
                "EvaluationFailed", {**details, **location, "state": self.state.name}
            )
        return failure
