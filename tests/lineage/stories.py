"""Recordings as they go undisturbed: their steps, the calls of each, and what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from lineage.clients import Clients
from lineage.facts import Failure
from lineage.recorder import record_failure
from lineage.records.shelf import Shelf
from lineage.retention import Retention
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.mishaps import Made, TracingWire
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

PRUNED: Literal["Pruned"] = "Pruned"
Recording = Stage | Failure | Literal["Pruned"]
_WRITES = ("create_", "update_", "add_", "put_", "delete_")


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
        recordings: A stage that was reached, how an execution of the night failed, or that
            retention pruned it.
        sagemaker_is_first: Whether SageMaker's own entities are there before any recording.
    """

    title: str
    night: StagedNight
    recordings: tuple[Recording, ...]
    sagemaker_is_first: bool = False

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The recordings, undisturbed."""
        world, steps, before = self.world(), list[Step](), tuple[Made, ...]()
        for recording in self.recordings:
            record = self._recorder(recording)
            wire = TracingWire()
            record(wire.through(world.clients))
            calls = tuple(wire.calls)
            steps.append(Step(str(recording), record, before, calls, world.contents()))
            before += calls
        return tuple(steps)

    def world(self, before: tuple[Made, ...] = ()) -> World:
        """A new account in which these calls were made."""
        world = World([self.night])
        if self.sagemaker_is_first:
            world.sagemaker_catches_up()
        for call in before:
            if call.name.startswith(_WRITES):
                client = world.s3 if call.name.endswith("_object") else world.sagemaker
                getattr(client, call.name)(**call.request)
        return world

    def _recorder(self, recording: Recording) -> Callable[[Clients], object]:
        bucket = self.night.bucket
        match recording:
            case Failure():
                return lambda clients: record_failure(clients, bucket, recording)
            case Stage():
                return lambda clients: self.night.record(recording, clients)
            case _:
                return lambda clients: Retention(clients, Shelf(clients.s3, bucket), 0).prune()


NIGHT = Story("a night that passes", StagedNight(builders.a_night()), tuple(Stage))
_DOCUMENT = NIGHT.night.document
STORIES = (
    NIGHT,
    replace(NIGHT, title="a night that SageMaker saw first", sagemaker_is_first=True),
    Story(
        "a night that fails, is redriven and then rejected",
        StagedNight(_DOCUMENT, auc=0.91),
        (Stage.FEATURISE, a_failure(_DOCUMENT), Stage.TRAINING, Stage.EVALUATION),
    ),
    Story(
        "a night that fails, is pruned, and is redriven then",
        NIGHT.night,
        (Stage.FEATURISE, a_failure(_DOCUMENT), PRUNED, Stage.TRAINING),
    ),
    Story("a night that never began", NIGHT.night, (a_failure(_DOCUMENT, night=None),)),
)
