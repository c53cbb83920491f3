"""Map, inline: runs one workflow for each item of an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_aws.stepfunctions.definition import MapState
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.gathering import Gathering, Part, joined
from embedded_aws.stepfunctions.retries import work
from embedded_aws.stepfunctions.scope import Scope
from embedded_aws.stepfunctions.visit import Departure, Visit

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.strand import Strand

# Developer Guide, "Using Map state in Inline mode": up to 40 iterations at a time.
_INLINE_CONCURRENCY = 40


class _IterationWitness:
    """Writes the MapIteration events."""

    def __init__(self, name: str) -> None:
        self._name = name

    def started(self, strand: Strand, index: int) -> None:
        """The iteration's states follow this event."""
        strand.record("MapIterationStarted", self._details(index))

    def succeeded(self, strand: Strand, index: int) -> int:
        """The state goes on from this event, the worker's next iteration does not."""
        return strand.record("MapIterationSucceeded", self._details(index), advance=False)

    def failed(self, strand: Strand, index: int) -> None:
        """The iteration that decides the state's fate."""
        strand.record("MapIterationFailed", self._details(index), advance=False)

    def aborted(self, parent: Strand, index: int) -> None:
        """An iteration that was ended because of another."""
        parent.record("MapIterationAborted", self._details(index), advance=False)

    def _details(self, index: int) -> dict[str, Json]:
        return {"name": self._name, "index": index}


def run_iterations(visit: Visit, state: MapState) -> Departure:
    """Run the item processor on every item; the result is the array of outputs."""

    def attempt(scope: Scope) -> Json:
        items = visit.ask(state.items, scope)
        concurrency = visit.ask(state.max_concurrency, scope) or _INLINE_CONCURRENCY
        visit.strand.record("MapStateStarted", {"length": len(items)})
        parts = [_part(visit, state, scope, index, item) for index, item in enumerate(items)]
        gathering = Gathering(visit.strand, parts, _IterationWitness(state.name))
        outputs = joined(visit, gathering.outputs(min(concurrency, _INLINE_CONCURRENCY)))
        visit.strand.record("MapStateSucceeded", advance=False)
        return outputs

    return work(visit, state, attempt, "MapStateFailed")


def _part(visit: Visit, state: MapState, scope: Scope, index: int, item: Json) -> Part:
    context = {"Map": {"Item": {"Index": index, "Value": item}}}
    if state.item_selector is None:
        return Part(state.processor, item, context)
    return Part(state.processor, visit.ask(state.item_selector, scope.at(**context)), context)
