"""Whatever befalls a recording at any call of AWS: repeated, it leaves what a quiet one leaves.

The calls are those that the recording really makes. Parallel ones are made in turn here, so that
each of them is met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from lineage.outages import outages_named
from tests.lineage.mishaps import ConflictingWire, DisturbedWire, Mishap, OvertakenWire
from tests.lineage.quick import make_quick
from tests.lineage.stories import NIGHT, PRUNED, STORIES, Step, Story
from tests.lineage.worlds import World

pytestmark = pytest.mark.slow

every_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


@every_story
@pytest.mark.parametrize("mishap", Mishap, ids=lambda mishap: mishap.value)
def test_what_was_disturbed_is_whole_when_it_is_repeated(story: Story, mishap: Mishap) -> None:
    struck: list[Any] = []
    for step in story.steps:
        for number in range(1, len(step.calls) + 1):
            world, wire = story.world(step.before), DisturbedWire(mishap=mishap, number=number)
            with pytest.raises(mishap.error), outages_named():
                step.record(wire.through(world.clients))
            step.record(world.clients)
            assert world.contents() == step.contents, f"{step.title}: {wire.struck}"
            struck.append(wire.struck)
    assert struck == [call for step in story.steps for call in step.calls]


@every_story
@pytest.mark.parametrize("is_done", [True, False], ids=["by an equal", "by nothing"])
def test_a_write_that_meets_another_one_is_made_again(story: Story, *, is_done: bool) -> None:
    """Nobody has to repeat the recording for that."""
    for step in story.steps:
        world, wire = story.world(step.before), ConflictingWire(is_done=is_done)
        step.record(wire.through(world.clients))
        assert world.contents() == step.contents
        conditional = [call for call in step.calls if "IfNoneMatch" in call.request]
        assert len(wire.refused) >= len(conditional)


@every_story
def test_a_writer_that_another_one_overtakes_adds_nothing(story: Story) -> None:
    """The delivery is double: the second one does all the work between two calls of the first.

    What two retentions do to each other, and recorders to them, stands in test_pruning.
    """
    for step in (it for it in story.steps if it.title != PRUNED):
        for world in _overtaken(story, step, lambda step, world: step.record(world.clients)):
            assert world.contents() == step.contents


def test_what_sagemaker_makes_by_itself_is_adopted_whenever_it_appears() -> None:
    """What it makes first has no name; nothing else depends on who was first."""
    last = replace(NIGHT, sagemaker_is_first=True).steps
    for step, expected in zip(NIGHT.steps, last, strict=True):
        for world in _overtaken(NIGHT, step, lambda _, world: world.sagemaker_catches_up()):
            assert _nameless(world.contents()) == _nameless(expected.contents)


def _overtaken(story: Story, step: Step, overtake: Callable[[Step, World], object]) -> list[World]:
    """A world for each call of a step, in which something happened right before that call."""
    worlds = [story.world(step.before) for _ in step.calls]
    for number, world in enumerate(worlds, 1):
        wire = OvertakenWire(number=number, overtake=lambda world=world: overtake(step, world))
        step.record(wire.through(world.clients))
    return worlds


def _nameless(contents: dict[str, Any]) -> dict[str, Any]:
    entities = {arn: replace(it, name="") for arn, it in contents["entities"].items()}
    return {**contents, "entities": entities}
