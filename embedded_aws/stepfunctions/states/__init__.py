"""What each type of state does when it is visited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from embedded_aws.stepfunctions import definition
from embedded_aws.stepfunctions.states import choices, maps, parallels, passing, tasks, waits

if TYPE_CHECKING:
    from embedded_aws.stepfunctions.visit import Departure, Visit

Behaviour = Callable[["Visit", Any], "Departure"]
_BEHAVIOURS: Mapping[type[definition.State], Behaviour] = {
    definition.PassState: passing.make_pass,
    definition.SucceedState: passing.succeed,
    definition.FailState: passing.fail,
    definition.WaitState: waits.wait,
    definition.ChoiceState: choices.choose,
    definition.TaskState: tasks.perform,
    definition.ParallelState: parallels.run_branches,
    definition.MapState: maps.run_iterations,
}


def behaviour_of(state: definition.State) -> Behaviour:
    """The function that makes a visit of this state."""
    return _BEHAVIOURS[type(state)]
