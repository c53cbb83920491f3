"""Pass, Succeed and Fail: states that only move data, or end."""

from __future__ import annotations

from typing import NoReturn

from embedded_aws.stepfunctions.definition import FailState, PassState, SucceedState
from embedded_aws.stepfunctions.errors import StateFailure
from embedded_aws.stepfunctions.visit import Departure, Visit


def make_pass(visit: Visit, state: PassState) -> Departure:
    """Hand the result on."""
    if state.result is None:
        return visit.leave(state.exit)
    return visit.leave(state.exit, visit.scope.with_result(visit.ask(state.result)))


def succeed(visit: Visit, state: SucceedState) -> Departure:
    """End the workflow."""
    return visit.leave(state.exit)


def fail(visit: Visit, state: FailState) -> NoReturn:
    """Raise the state's own error."""
    error = None if state.error is None else visit.ask(state.error)
    cause = None if state.cause is None else visit.ask(state.cause)
    raise StateFailure(error, cause)
