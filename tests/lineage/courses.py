"""Three nights on their way through one account, and what is left when all is quiet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lineage.clients import Clients
from lineage.facts import Failure
from lineage.recorder import record_failure
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.nights import StagedNight
from tests.lineage.worlds import World

# The second is a rerun of the first, reads the same data and is rejected.
NIGHTS = (
    StagedNight(builders.a_night("aaaa1111"), version=7),
    StagedNight(builders.a_night("bbbb2222"), auc=0.91, version=8),
    StagedNight(
        builders.a_night("cccc3333", data_date="2026-11-22", dataset="the next day's"),
        version=9,
        endpoint_name="fraud-production",
    ),
)
_STAGES = tuple(Stage)
_REJECTED = _STAGES[: Stage.REGISTRATION.position]
_MOST_REDRIVES = 2


@dataclass
class Course:
    """How far a night has come.

    Attributes:
        left: What is still to be recorded; the first may have been begun.
        done: What was recorded to its end, in order.
        explained: What was said of its package before pruning began.
        is_pruning: Whether any of it may be gone from SageMaker's graph.
        cut_off: What of that was begun, and did not come to its end.
    """

    night: StagedNight
    left: list[Stage | Failure]
    done: list[Stage | Failure] = field(default_factory=list)
    explained: dict[str, Any] | None = None
    is_pruning: bool = False
    cut_off: list[Stage | Failure] = field(default_factory=list)

    @property
    def run_id(self) -> str:
        run_id: str = self.night.document["RunId"]
        return run_id

    @property
    def is_registered(self) -> bool:
        return Stage.REGISTRATION in self.done

    def writer(self, recording: Stage | Failure) -> Callable[[Clients], object]:
        """Whoever makes one of its recordings."""
        if isinstance(recording, Failure):
            return lambda clients: record_failure(clients, self.night.bucket, recording)
        return lambda clients: self.night.record(recording, clients)

    def went_well(self) -> None:
        """What was to be recorded next is, and adds to what was said before."""
        self.done.append(self.left.pop(0))
        self.cut_off = [it for it in self.cut_off if it != self.done[-1]]
        self.explained = None

    def fail(self) -> None:
        """The execution ends; that is to be recorded before a redrive goes on."""
        redrives = sum(isinstance(it, Failure) for it in (*self.done, *self.left))
        if self.left and self.left[0] in _REJECTED and redrives < _MOST_REDRIVES:
            self.left.insert(0, a_failure(self.night.document, redrive_count=redrives))


def three_courses() -> list[Course]:
    """All nights, at their start."""
    return [Course(night, list(_STAGES if night.is_good_enough else _REJECTED)) for night in NIGHTS]


def undisturbed(courses: Sequence[Course], seen: Sequence[StagedNight]) -> World:
    """The account in which the same was recorded without any disturbance."""
    world = World(list(NIGHTS))
    for course in courses:
        for recording in course.done:
            course.writer(recording)(world.clients)
    for night in seen:
        world.sagemaker_looks_at(night)
    world.let_all_appear()
    return world


def comparable(world: World, courses: Sequence[Course]) -> dict[str, Any]:
    """All that an account holds, but of pruned nights their records only, and no artifact's name.

    Names depend on who was first, SageMaker or we; what retention leaves of a night, on what
    SageMaker has connected it with.
    """
    contents = world.contents()
    pruned = {course.run_id for course in courses if course.is_pruning}
    live = {it.night.document["Dataset"]["ManifestUri"] for it in courses if not it.is_pruning}
    gone = {
        arn
        for arn, it in contents["entities"].items()
        if it.properties.get("RunId") in pruned
        or any(run_id in it.source_uri for run_id in pruned)
        or ("Digest" in it.properties and it.source_uri not in live)
    }
    marked = {arn for arn in contents["arns"] if any(run_id in arn for run_id in pruned)}
    return {
        "entities": {
            arn: replace(it, name="")
            for arn, it in contents["entities"].items()
            if arn not in gone | marked
        },
        "associations": [
            edge for edge in contents["associations"] if not {*edge[:2]} & (gone | marked)
        ],
        "objects": {
            key: text
            for key, text in contents["objects"].items()
            if not (key.endswith(".receipt.json") and any(run_id in key for run_id in pruned))
        },
    }
