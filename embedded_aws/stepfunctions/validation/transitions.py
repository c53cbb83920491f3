"""Where states lead: every target exists, every state is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.validation.problem import TRANSITION, Problem

Fields = Mapping[str, Json]


def check_transitions(workflow: Fields, location: str) -> Iterator[Problem]:
    """Targets that do not exist, and states that nothing leads to."""
    states: Mapping[str, Fields] = workflow["States"]
    start = workflow["StartAt"]
    if start not in states:
        message = f"Missing 'StartAt' target: {start}"
        yield Problem(TRANSITION, message, f"{location}/StartAt")
        return
    for name, state in states.items():
        for field, target in _targets(state):
            if target not in states:
                label = field.rpartition("/")[2]
                where = f"{location}/States/{name}/{field}"
                yield Problem(TRANSITION, f"Missing '{label}' target: {target}", where)
    for name in sorted(states.keys() - _reached(states, start)):
        where = f"{location}/States/{name}"
        yield Problem(TRANSITION, f'State "{name}" is not reachable.', where)


def _targets(state: Fields) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield field, state[field]
    for field in ("Catch", "Choices"):
        for index, entry in enumerate(state.get(field, ())):
            if "Next" in entry:
                yield f"{field}[{index}]/Next", entry["Next"]


def _reached(states: Mapping[str, Fields], start: str) -> set[str]:
    reached: set[str] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name in states and name not in reached:
            reached.add(name)
            pending.extend(target for _, target in _targets(states[name]))
    return reached
