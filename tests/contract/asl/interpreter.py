"""Runs definitions on the interpreter itself: four hundred cases need no HTTP and no events."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.environment import Environment
from embedded_aws.stepfunctions.definitions import compile_definition
from embedded_aws.stepfunctions.executions import Execution
from embedded_aws.stepfunctions.machines import Revision
from embedded_aws.stepfunctions.run import Run
from embedded_aws.stepfunctions.task_tokens import TaskTokens

_PREFIX = "arn:aws:states:us-east-1:123456789012"


@dataclass(frozen=True)
class Ended:
    """How an execution ended."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    seconds: float


class Interpreter:
    """Starts executions under a role, and waits in virtual time for their end."""

    def __init__(self, environment: Environment, role_arn: str) -> None:
        self._environment = environment
        self._role_arn = role_arn
        self._numbers = itertools.count()

    def run(self, definition: dict[str, Any], state_input: Any) -> Ended:
        """Run a definition.

        Raises:
            ServiceError: ``InvalidDefinition``.
        """
        clock, number = self._environment.clock, next(self._numbers)
        execution = self._execution(json.dumps(definition), state_input, f"case-{number}")
        with execution.lock:
            execution.append("ExecutionStarted", 0, {})
        execution.run = run = Run(execution, self._environment, TaskTokens(lambda _arn: False))
        run.start()
        clock.advance_to(clock.now())
        return _ended(execution, execution.stopped_at or clock.now())

    def _execution(self, text: str, state_input: Any, name: str) -> Execution:
        now = self._environment.clock.now
        machine, references = compile_definition(text)
        revision = Revision(
            f"{_PREFIX}:stateMachine:{name}", name, None, text, machine, references,
            self._role_arn, {}, {}, now(),
        )  # fmt: skip
        arn = f"{_PREFIX}:execution:{name}:x"
        return Execution(arn, "x", revision, json.dumps(state_input), now, (), now())


def _ended(execution: Execution, at: datetime) -> Ended:
    outcome = execution.outcome
    return Ended(
        execution.status,
        json.loads(outcome.get("output", "null")),
        outcome.get("error") if execution.status == "FAILED" else None,
        outcome.get("cause") if execution.status == "FAILED" else None,
        (at - execution.started_at).total_seconds(),
    )
