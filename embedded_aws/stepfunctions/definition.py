"""A state machine as a value: parsed, compiled, frozen, and the same for both query languages.

Whatever differs between JSONata and JSONPath is inside the queries; see ``building``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from embedded_aws.stepfunctions.integrations.integration import Integration
from embedded_aws.stepfunctions.scope import Query


@dataclass(frozen=True)
class Workflow:
    """States that belong together: a whole machine, a branch, or an item processor."""

    start_at: str
    states: Mapping[str, State]


@dataclass(frozen=True)
class Machine:
    """A whole definition."""

    workflow: Workflow
    timeout_seconds: int | None


@dataclass(frozen=True)
class Retrier:
    """One entry of Retry."""

    error_equals: tuple[str, ...]
    interval_seconds: int = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay_seconds: int | None = None
    full_jitter: bool = False


@dataclass(frozen=True)
class Exit:
    """How a state is left: its output, its variables, and where to go (None: the end)."""

    output: Query
    assign: Query
    next: str | None


@dataclass(frozen=True)
class Catcher:
    """One entry of Catch."""

    error_equals: tuple[str, ...]
    exit: Exit


@dataclass(frozen=True)
class State:
    """What every state has."""

    kind: ClassVar[str]
    name: str


@dataclass(frozen=True)
class PassState(State):
    """Passes on a result of its own, or its input."""

    kind = "Pass"
    result: Query | None
    exit: Exit


@dataclass(frozen=True)
class SucceedState(State):
    """Ends the workflow well."""

    kind = "Succeed"
    exit: Exit


@dataclass(frozen=True)
class FailState(State):
    """Ends the workflow with an error."""

    kind = "Fail"
    error: Query | None
    cause: Query | None


@dataclass(frozen=True)
class WaitState(State):
    """Waits for ``delay_seconds``, which may be computed from a time stamp."""

    kind = "Wait"
    delay_seconds: Query
    exit: Exit


@dataclass(frozen=True)
class ChoiceRule:
    """A condition and where it leads."""

    condition: Query
    exit: Exit


@dataclass(frozen=True)
class ChoiceState(State):
    """Goes where the first true rule leads, else to ``default``."""

    kind = "Choice"
    rules: tuple[ChoiceRule, ...]
    default: Exit | None


@dataclass(frozen=True)
class WorkState(State):
    """What the states that can fail, retry and catch have."""

    exit: Exit
    retriers: tuple[Retrier, ...]
    catchers: tuple[Catcher, ...]


@dataclass(frozen=True)
class TaskState(WorkState):
    """Calls a service."""

    kind = "Task"
    integration: Integration
    arguments: Query
    timeout_seconds: Query | None
    heartbeat_seconds: Query | None
    credentials: Query | None


@dataclass(frozen=True)
class ParallelState(WorkState):
    """Runs branches side by side on the same input."""

    kind = "Parallel"
    branches: tuple[Workflow, ...]
    arguments: Query


@dataclass(frozen=True)
class MapState(WorkState):
    """Runs one workflow for each item; an item's input is ``item_selector``'s, else the item."""

    kind = "Map"
    items: Query
    item_selector: Query | None
    processor: Workflow
    max_concurrency: Query
