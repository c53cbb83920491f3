"""Branches and iterations: runs strands side by side and brings their outputs together."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from embedded_aws.clock import Signal
from embedded_aws.stepfunctions.checkpoints import Checkpoint, Finished, Origin
from embedded_aws.stepfunctions.definition import Workflow
from embedded_aws.stepfunctions.documents import Json, dumps
from embedded_aws.stepfunctions.errors import Cancelled, StateFailure

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.strand import Strand
    from embedded_aws.stepfunctions.visit import Visit

_ABORTABLE = {"Task", "Wait", "Parallel", "Map"}
# A failed Parallel or Map has an event of its own for that.
_ABORTED_BY_FAILURE = {"Task", "Wait"}


@dataclass(frozen=True)
class Part:
    """One branch or iteration: what it runs, on what, and what it adds to the context."""

    workflow: Workflow
    input: Json
    context: Mapping[str, Json]


class Witness(Protocol):
    """Writes the events around each part; a Parallel's branches have none."""

    def started(self, strand: Strand, index: int) -> None:
        """A part begins."""
        ...

    def succeeded(self, strand: Strand, index: int) -> int:
        """A part has its output; the id of the event that the parent goes on from."""
        ...

    def failed(self, strand: Strand, index: int) -> None:
        """A part has failed."""
        ...

    def aborted(self, parent: Strand, index: int) -> None:
        """A part was ended because another one failed."""
        ...


def joined(visit: Visit, outputs: list[Json]) -> list[Json]:
    """The result of all parts, if it is not too large.

    Raises:
        StateFailure: ``States.DataLimitExceeded``; then a redrive runs every part again
            (Developer Guide, "Restarting state machine executions with redrive").
    """
    try:
        visit.refuse_if_too_large(dumps(outputs), visit.state.name)
    except StateFailure:
        visit.strand.forget_branches()
        raise
    return outputs


class Gathering:
    """Runs parts in up to ``concurrency`` threads; the first failure ends all others."""

    def __init__(self, parent: Strand, parts: Sequence[Part], witness: Witness) -> None:
        self._parent = parent
        self._parts = parts
        self._witness = witness
        self._resumed = parent.take_resumed_branches()
        self._started_event_id = parent.last_event_id
        self._outputs: dict[int, Json] = {}
        self._running: dict[int, Strand] = {}
        self._failure: StateFailure | None = None
        self._pending: list[int] = []
        self._workers = 0
        self._is_cancelled = False
        self._lock = threading.Lock()
        self._done = Signal()

    def outputs(self, concurrency: int) -> list[Json]:
        """Outputs in the order of the parts.

        Raises:
            StateFailure: that of the first part that failed.
            Cancelled: the parent has been ended.
        """
        self._sort_out_finished()
        self._workers = min(concurrency, len(self._pending))
        for number in range(self._workers):
            self._parent.run.clock.spawn(self._work, f"{self._parent.path}#{number}")
        if self._workers:
            self._parent.wait(self._done)
        if self._failure is not None:
            self._abort_others()
            raise self._failure
        if self._is_cancelled:
            # The run has ended, and the parts have noticed before their parent.
            raise Cancelled
        return [self._outputs[index] for index in range(len(self._parts))]

    def _sort_out_finished(self) -> None:
        for index in reversed(range(len(self._parts))):
            resumed = self._resumed.get(index)
            if isinstance(resumed, Finished):
                self._outputs[index] = resumed.output
                self._parent.keep(index, resumed)
            else:
                self._pending.append(index)

    def _work(self) -> None:
        last_event_id = self._started_event_id
        try:
            while (index := self._next()) is not None:
                last_event_id = self._run(index, last_event_id)
        except Cancelled:
            self._is_cancelled = True
        finally:
            # Also when this thread breaks: the parent must not wait for ever.
            with self._lock:
                self._workers -= 1
                over = self._failure is not None or not self._workers
            if over:
                self._parent.run.clock.set(self._done)

    def _next(self) -> int | None:
        with self._lock:
            return self._pending.pop() if self._pending and self._failure is None else None

    def _run(self, index: int, last_event_id: int) -> int:
        strand = self._start(index, last_event_id)
        try:
            output = strand.execute(self._parts[index].input)
        except StateFailure as failure:
            self._fail(index, strand, failure)
        else:
            self._succeed(index, strand, output)
        return strand.last_event_id

    def _start(self, index: int, last_event_id: int) -> Strand:
        part, resumed = self._parts[index], self._resumed.get(index)
        origin = Origin(
            last_event_id,
            self._parent.variables,
            {**self._parent.context, **part.context},
            resumed if isinstance(resumed, Checkpoint) else None,
        )
        strand = self._parent.fork(index, part.workflow, origin)
        with self._lock:
            self._running[index] = strand
        self._witness.started(strand, index)
        return strand

    def _succeed(self, index: int, strand: Strand, output: Json) -> None:
        goes_on_from = self._witness.succeeded(strand, index)
        with self._lock:
            self._outputs[index] = output
            self._parent.last_event_id = goes_on_from
            del self._running[index]

    def _fail(self, index: int, strand: Strand, failure: StateFailure) -> None:
        with self._lock:
            del self._running[index]
            if self._failure is not None:
                return
            self._failure = failure
            self._parent.last_event_id = strand.last_event_id
        self._witness.failed(strand, index)
        if strand.state_kind in _ABORTED_BY_FAILURE:
            # As recorded on AWS: a task that has failed has not been left.
            strand.record(f"{strand.state_kind}StateAborted", advance=False)

    def _abort_others(self) -> None:
        with self._lock:
            running = sorted(self._running.items())
        for index, strand in running:
            strand.cancel()
            self._witness.aborted(self._parent, index)
            if strand.state_kind in _ABORTABLE:
                self._parent.record(f"{strand.state_kind}StateAborted", advance=False)
