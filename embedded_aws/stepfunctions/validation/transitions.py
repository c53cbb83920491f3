"""Where states lead: every target exists, every state is reached, and some state ends.

Codes, texts, order and places as measured on AWS (floci-io/floci pull request 2786).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from embedded_aws.stepfunctions.documents import Json
from embedded_aws.stepfunctions.validation.problem import END, TRANSITION, Problem

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
                where = f"{location}/States/{name}/{field}"
                yield Problem(TRANSITION, f"Missing 'Next' target: {target}", where)
    if not any(_ends(state) for state in states.values()):
        yield Problem(END, "Workflow has no terminal state", None)
        return
    for name in sorted(states.keys() - reached(states, start)):
        where = f"{location}/States/{name}"
        yield Problem(TRANSITION, f'State "{name}" is not reachable.', where)


def _ends(state: Fields) -> bool:
    return state.get("End") is True or state["Type"] in {"Succeed", "Fail"}


def _targets(state: Fields) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield field, state[field]
    for field in ("Catch", "Choices"):
        for index, entry in enumerate(state.get(field, ())):
            if "Next" in entry:
                yield f"{field}[{index}]/Next", entry["Next"]


def reached(states: Mapping[str, Fields], *starts: str) -> set[str]:
    """All states that these lead to, themselves among them."""
    found: set[str] = set()
    pending = list(starts)
    while pending:
        name = pending.pop()
        if name in states and name not in found:
            found.add(name)
            pending.extend(target for _, target in _targets(states[name]))
    return found


def successors(states: Mapping[str, Fields], name: str) -> set[str]:
    """All states that may be entered after this one."""
    return reached(states, *(target for _, target in _targets(states[name])))
