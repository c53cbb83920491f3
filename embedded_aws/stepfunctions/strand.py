"""A strand: one sequential thread of an execution, be it the whole, a branch or an iteration."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from embedded_aws.clock import Signal
from embedded_aws.stepfunctions import states
from embedded_aws.stepfunctions.checkpoints import Checkpoint, Finished, Origin
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import Cancelled
from embedded_aws.stepfunctions.visit import Visit

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.definition import Workflow
    from embedded_aws.stepfunctions.run import Run


class Strand:
    """Goes from state to state; ends with an output, a failure, or an order to stop."""

    def __init__(self, run: Run, workflow: Workflow, path: str, origin: Origin) -> None:
        self.run = run
        self.workflow = workflow
        self.path = path
        self.chance = Random(f"{run.seed}{path}")  # noqa: S311  # repeatable, not secret
        self.context = origin.context
        self.last_event_id = origin.last_event_id
        self._outer_variables = origin.variables
        self._resumed = origin.resumed
        self._variables: Mapping[str, Json] = {}
        self._position: Checkpoint | None = None
        self._output: Finished | None = None
        self._children: dict[int, Strand | Finished] = {}
        self._resumed_branches: Mapping[int, Checkpoint | Finished] = {}
        self._lock = threading.Lock()
        self._waiting: Signal | None = None
        self.cancelled = False

    @property
    def variables(self) -> Mapping[str, Json]:
        """All that expressions of this strand can read."""
        return {**self._outer_variables, **self._variables}

    def assign(self, variables: Mapping[str, Json], texts: Mapping[str, str], state: str) -> None:
        """Set variables of this strand's own scope, given as values and as JSON texts.

        Raises:
            StateFailure: there are too many of them.
        """
        self.run.variables.keep(self.path, texts, state)
        self._variables = {**self._variables, **variables}

    def execute(self, state_input: Json) -> Json:
        """Run from the start, or from where a redrive resumes, to the end.

        Raises:
            StateFailure: a state failed and nothing caught it.
            Cancelled: somebody ended the execution meanwhile.
        """
        name: str | None = self.workflow.start_at
        if self._resumed is not None:
            name, state_input = self._resumed.state, self._resumed.input
            self._variables = self._resumed.variables
            self.run.variables.resume(self.path, self._variables)
            self._resumed_branches = self._resumed.branches
        input_text = dumps(state_input)
        while name is not None:
            self._position = Checkpoint(name, state_input, self._variables)
            visit = Visit(self, self.workflow.states[name], state_input, input_text)
            visit.enter()
            departure = states.behaviour_of(visit.state)(visit, visit.state)
            self._children = {}
            name, state_input, input_text = departure.next, departure.output, departure.output_text
        self._output = Finished(state_input)
        self.run.variables.release(self.path)
        return state_input

    def record(
        self, kind: str, details: Mapping[str, Any] | None = None, *, advance: bool = True
    ) -> int:
        """Write an event that follows this strand's last one.

        Raises:
            Cancelled: this strand has been ended; it leaves no more traces.
        """
        event_id = self.run.record(self, kind, self.last_event_id, details)
        if advance:
            self.last_event_id = event_id
        return event_id

    def wait(
        self, signal: Signal, timeout_seconds: float | None = None, *, pulls: bool = False
    ) -> bool:
        """``Clock.wait`` that ends early when the strand is ended.

        Raises:
            Cancelled: at once, or while waiting.
        """
        with self._lock:
            self._refuse_if_cancelled()
            self._waiting = signal
        is_set = self.run.clock.wait(signal, timeout_seconds, pulls=pulls)
        with self._lock:
            self._waiting = None
            self._refuse_if_cancelled()
        return is_set

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass; the clock may jump."""
        self.wait(Signal(), seconds, pulls=True)

    def cancel(self) -> None:
        """End this strand and all below it, wherever they stand."""
        with self._lock:
            self.cancelled = True
            waiting, children = self._waiting, list(self._children.values())
        if waiting is not None:
            self.run.clock.set(waiting)
        for child in children:
            if isinstance(child, Strand):
                child.cancel()

    def take_resumed_branches(self) -> Mapping[int, Checkpoint | Finished]:
        """What a redrive keeps of the branches below; a retry starts all of them afresh."""
        resumed, self._resumed_branches, self._children = self._resumed_branches, {}, {}
        return resumed

    def forget_branches(self) -> None:
        """Let the next redrive run all of them again."""
        self._children = {}

    def keep(self, index: int, finished: Finished) -> None:
        """Remember a branch that needs no second run, for the next redrive."""
        self._children[index] = finished

    def fork(self, index: int, workflow: Workflow, origin: Origin) -> Strand:
        """A strand below this one, to be ended with it."""
        child = Strand(self.run, workflow, f"{self.path}/{index}", origin)
        with self._lock:
            self._refuse_if_cancelled()
            self._children[index] = child
        return child

    def checkpoint(self) -> Checkpoint | Finished | None:
        """Where this strand stands; None before its first state."""
        if self._output is not None:
            return self._output
        if self._position is None:
            return None
        with self._lock:
            children = list(self._children.items())
        branches = {index: _checkpoint(child) for index, child in children}
        kept = {index: branch for index, branch in branches.items() if branch is not None}
        return replace(self._position, branches=kept)

    @property
    def state_kind(self) -> str:
        """The type of the state that this strand is in."""
        return self.workflow.states[self._position.state].kind if self._position else ""

    def _refuse_if_cancelled(self) -> None:
        if self.cancelled:
            raise Cancelled


def _checkpoint(child: Strand | Finished) -> Checkpoint | Finished | None:
    return child.checkpoint() if isinstance(child, Strand) else child
