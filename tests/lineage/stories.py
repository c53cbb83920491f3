"""Recordings as they go undisturbed: their steps, the calls of each, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from lineage.clients import Clients
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.mishaps import Made, TracingWire
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

_WRITES = ("create_", "update_", "add_", "put_")


@dataclass(frozen=True)
class Step:
    """One recording, after those before it.

    Attributes:
        calls: Every call of AWS that it makes, in order.
        contents: All that is in the account after it.
    """

    title: str
    record: Callable[[Clients], object]
    before: tuple[Made, ...]
    calls: tuple[Made, ...]
    contents: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """A night from its first recording to its last.

    Attributes:
        sagemaker_is_first: Whether SageMaker's own entities are there before any recording.
    """

    title: str
    night: StagedNight
    stages: tuple[Stage, ...]
    sagemaker_is_first: bool = False

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The recordings, undisturbed."""
        world, steps, before = self.world(), list[Step](), tuple[Made, ...]()
        for stage in self.stages:
            record = self._recording(stage)
            wire = TracingWire()
            record(wire.through(world.clients))
            calls = tuple(wire.calls)
            steps.append(Step(stage, record, before, calls, world.contents()))
            before += calls
        return tuple(steps)

    def world(self, before: tuple[Made, ...] = ()) -> World:
        """A new account in which these calls were made."""
        world = World([self.night])
        if self.sagemaker_is_first:
            world.sagemaker_catches_up()
        for call in before:
            if call.name.startswith(_WRITES):
                client = world.s3 if call.name == "put_object" else world.sagemaker
                getattr(client, call.name)(**call.request)
        return world

    def _recording(self, stage: Stage) -> Callable[[Clients], object]:
        return lambda clients: self.night.record(stage, clients)


NIGHT = Story("a night that passes", StagedNight(builders.a_night()), tuple(Stage))
_REJECTED = StagedNight(builders.a_night(), auc=0.91)
STORIES = (
    NIGHT,
    replace(NIGHT, title="a night that SageMaker saw first", sagemaker_is_first=True),
    Story("a rejected night", _REJECTED, tuple(Stage)[: Stage.REGISTRATION.position]),
)
