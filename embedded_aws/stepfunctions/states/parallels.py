"""Parallel: runs branches side by side on the same input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_aws.stepfunctions.definition import ParallelState
from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.gathering import Gathering, Part, joined
from embedded_aws.stepfunctions.retries import work
from embedded_aws.stepfunctions.scope import Scope
from embedded_aws.stepfunctions.visit import Departure, Visit

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.strand import Strand


class _BranchWitness:
    """AWS writes no events around a branch."""

    def started(self, strand: Strand, index: int) -> None:
        """Nothing to write."""

    def succeeded(self, strand: Strand, index: int) -> int:  # noqa: ARG002
        """The state goes on from the last event of the branch that ended last."""
        return strand.last_event_id

    def failed(self, strand: Strand, index: int) -> None:
        """Nothing to write."""

    def aborted(self, parent: Strand, index: int) -> None:
        """Nothing to write."""


def run_branches(visit: Visit, state: ParallelState) -> Departure:
    """Run all branches; the result is the array of their outputs."""

    def attempt(scope: Scope) -> Json:
        branch_input = visit.ask(state.arguments, scope)
        visit.strand.record("ParallelStateStarted")
        parts = [Part(branch, branch_input, {}) for branch in state.branches]
        outputs = joined(
            visit, Gathering(visit.strand, parts, _BranchWitness()).outputs(len(parts))
        )
        visit.strand.record("ParallelStateSucceeded", advance=False)
        return outputs

    return work(visit, state, attempt, "ParallelStateFailed")
