"""Carries out a plan: starts its nights oldest first, a few at a time, and awaits them all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ops.backfill.plan import Action, PlannedNight
from ops.clients import StepFunctions
from ops.errors import NameTaken
from ops.executions import arn_of, history
from ops.night import Night, read
from ops.stack import Stack
from ops.start import night_input, start


@dataclass(frozen=True)
class Pursuit:
    """How the nights of a plan are run.

    Attributes:
        settings: Parameters of every night that is started, as ``NAME=VALUE``.
        concurrency: How many nights may run at once.
        wait: Called before the nights that run are looked at again.
    """

    stepfunctions: StepFunctions
    stack: Stack
    settings: Sequence[str]
    concurrency: int
    wait: Callable[[], None]

    def run(
        self, planned: Sequence[PlannedNight], started: Callable[[str], None] = lambda _: None
    ) -> Iterator[Night]:
        """Run the nights of a plan; each is returned when it has ended, however it did.

        ``started`` is called with the name of every execution that is awaited from then on.
        A night that fails stops no other one. Whoever leaves early leaves the started nights
        running: the next plan awaits them.
        """
        running = [self._arn(each) for each in planned if each.action == Action.AWAIT]
        waiting = deque(each for each in planned if each.action == Action.START)
        while waiting or running:
            while waiting and len(running) < self.concurrency:
                running.append(self._start(waiting[0]))
                started(waiting.popleft().name)
            self.wait()
            ended = [arn for arn in running if not self._is_running(arn)]
            running = [arn for arn in running if arn not in ended]
            yield from map(self._told, ended)

    def _start(self, night: PlannedNight) -> str:
        given = night_input(night.data_date, self.settings)
        # Somebody else may have started it since the plan was made: that execution is the night.
        with suppress(NameTaken):
            start(self.stepfunctions, self.stack.state_machine_alias_arn, given, night.name)
        return self._arn(night)

    def _arn(self, night: PlannedNight) -> str:
        return arn_of(self.stack.state_machine_arn, night.name)

    def _is_running(self, arn: str) -> bool:
        described = self.stepfunctions.describe_execution(executionArn=arn)
        return bool(described["status"] == "RUNNING")

    def _told(self, arn: str) -> Night:
        described = self.stepfunctions.describe_execution(executionArn=arn)
        return read(described, history(self.stepfunctions, arn))
