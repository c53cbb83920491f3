"""Choice: the first rule that holds decides."""

from __future__ import annotations

from embedded_aws.stepfunctions.definition import ChoiceState
from embedded_aws.stepfunctions.errors import NO_CHOICE_MATCHED
from embedded_aws.stepfunctions.visit import Departure, Visit


def choose(visit: Visit, state: ChoiceState) -> Departure:
    """Leave by a rule, or by the default.

    Raises:
        StateFailure: ``States.NoChoiceMatched``.
    """
    for rule in state.rules:
        if visit.ask(rule.condition):
            return visit.leave(rule.exit)
    if state.default is None:
        raise visit.failure(NO_CHOICE_MATCHED, "No choice rule matched and there is no Default.")
    return visit.leave(state.default)
