"""Wait: lets virtual time pass."""

from __future__ import annotations

from embedded_aws.stepfunctions.definition import WaitState
from embedded_aws.stepfunctions.visit import Departure, Visit


def wait(visit: Visit, state: WaitState) -> Departure:
    """Sleep, then go on."""
    visit.strand.sleep(visit.ask(state.delay_seconds))
    return visit.leave(state.exit)
