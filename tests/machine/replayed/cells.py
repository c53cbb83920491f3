"""The matrix: every state of a night that calls, every way to fail, the budget spent or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, groupby, islice, zip_longest
from typing import Any

from tests.machine.replayed.ways import (
    FUNCTION_WAYS,
    JOB_WAYS,
    STAND_IN,
    STATES,
    Way,
    budgets,
    ways_of,
)

ORDER = (
    "PrepareNight",
    "Featurise",
    "RecordFeaturise",
    "TrainXGB",
    "RecordTraining",
    "Evaluate",
    "ReadAuc",
    "RecordEvaluation",
    "RegisterIfGoodEnough",
    "RecordRegistration",
    "TriggerDeploy",
)
"""The tasks of a night that registers, as they follow each other."""
JOBS = tuple(state for state in ORDER if ways_of(state) is JOB_WAYS)
RAISES = "FailNight"
REJECTED = ("ReadAuc", "RecordEvaluation")
"""The tasks of a night that know of a rejection; until then it is a night like any other."""


@dataclass(frozen=True)
class Cell:
    """A state, what befalls its call, and whether that outlasts the tries that it has.

    Attributes:
        outcome: What becomes of the night in the end.
        passes: Whether the last try succeeds; else the night ends, to be redriven.
    """

    state: str
    way: str
    passes: bool
    outcome: str = "registered"

    @property
    def expected(self) -> Way:
        """How it fails."""
        return ways_of(self.state)[self.way]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.outcome}-{self.state}-{self.way}{'-passes' if self.passes else ''}"


@dataclass(frozen=True)
class Trouble:
    """What befalls one state: the tries that it has are spent, then it passes in a redrive.

    Attributes:
        ways: Those that have one budget of tries; the last of them ends the night.
        is_spent: Whether they outlast that budget first.
        passes: Whether they strike again then, as often as they may.
    """

    state: str = ""
    ways: tuple[str, ...] = ()
    outcome: str = "registered"
    is_spent: bool = True
    passes: bool = True

    @property
    def cells(self) -> Sequence[Cell]:
        """Those that it shows."""
        return (*self.of_run(passes=False), *self.of_run(passes=True))

    def of_run(self, *, passes: bool) -> Sequence[Cell]:
        """The cells that are shown by the run which it ends, or by the one in which it passes."""
        if not (self.passes if passes else self.is_spent):
            return ()
        return [Cell(self.state, way, passes, self.outcome) for way in self.ways]

    def failures(self, *, passes: bool) -> Sequence[str]:
        """In which ways the state's tries fail in such a run, one after another."""
        *others, last = self.ways
        way = ways_of(self.state)[last]
        count = way.retries + (0 if passes else 1)
        if way.is_costly:
            return [*[STAND_IN] * (count - len(self.ways)), *self.ways]
        return [*islice(cycle(others or [last]), count - 1), last][:count]

    def faults(self, *, passes: bool) -> Iterator[dict[str, Any]]:
        """What brings them about: each strikes the first calls that those before have left.

        A lost answer goes on to those behind it, so it comes last.
        """
        failures = self.failures(passes=passes) if self.of_run(passes=passes) else ()
        for turn, (name, alike) in enumerate(groupby(failures)):
            cell, calls = Cell(self.state, name, passes, self.outcome), len(list(alike))
            for number, effect in enumerate(cell.expected.effects):
                yield {
                    "name": f"{cell.name} {turn}.{number} before {self.ways[-1]}",
                    **_call(cell.state),
                    "calls": {"first": calls},
                    "effect": effect,
                }


NOTHING = Trouble(passes=False)
"""Nothing new."""
Round = Sequence[Trouble]
"""What befalls a night, state by state."""


def rounds() -> Iterator[Round]:
    """Nights enough for all ways: to each state each brings what has one budget of tries."""
    every = {state: list(_troubles(state)) for state in ORDER}
    for number in range(max(map(len, every.values()))):
        yield [trouble for state in ORDER for trouble in (every[state][number:] or [()])[0]]


def raising() -> tuple[Round, dict[str, Any]]:
    """What befalls the state that raises failures, and the failures that it has to raise.

    In each run in which it passes, it resumes the job, which fails once more.
    """
    some = [trouble for of_night in _troubles(RAISES) for trouble in of_night]
    troubles = [each for trouble in some for each in (trouble, NOTHING)]
    failing = {
        "name": "a failure to raise",
        **_call("Featurise"),
        "calls": {"first": len(troubles) // 2 + 1},
        "effect": JOB_WAYS["code"].effects[0],
    }
    return troubles, failing


def rejecting() -> Round:
    """What befalls a night that the gate rejects."""
    ways = tuple(name for name, way in FUNCTION_WAYS.items() if not way.is_costly)
    return [Trouble(state, ways, outcome="rejected") for state in REJECTED]


def _troubles(state: str) -> Iterator[Sequence[Trouble]]:
    """A state's, by the night in which it has them: beside what passes, what never does."""
    ways = ways_of(state)
    final = (Trouble(state, (name,), passes=False) for name in ways if not ways[name].retries)
    passing = (Trouble(state, _turned(state, names)) for names in budgets(ways))
    for pair in zip_longest(final, passing):
        yield [it for it in pair if it]


def _turned(state: str, names: Sequence[str]) -> tuple[str, ...]:
    """The ways in an order that lets another one end the night of each job."""
    turns = JOBS.index(state) if state in JOBS and len(names) > len(JOBS) else 0
    return (*names[turns:], *names[:turns])


def _call(state: str) -> dict[str, Any]:
    """The call that a state makes, as a fault names it."""
    resource = STATES[state]["Resource"]
    if resource.endswith("lambda:invoke"):
        named = STATES[state]["Arguments"]["FunctionName"]
        function = re.fullmatch(r"\$\{(\w+)Arn\}", named)
        assert function, named
        return {"service": "lambda", "operation": "Invoke", "resource": f"*{function[1]}*"}
    if not resource.endswith(".sync"):
        return {"service": "sagemaker", "operation": "CreateModelPackage"}
    kind = "Training" if "Training" in resource else "Processing"
    step = "train" if state == "TrainXGB" else state.lower()
    return {
        "service": "sagemaker",
        "operation": f"Create{kind}Job",
        "parameters": {f"{kind}JobName": f"*-{step}-*"},
    }
