"""Retention and recorders at the same night, in every order: it is whole, or gone and noted so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache, partial
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage import names
from lineage.clients import Clients
from lineage.errors import LineageNotReady
from lineage.model import Context
from lineage.outages import outages_named
from lineage.recorder import record_failure
from lineage.records.archive import Archive
from lineage.records.shelf import Shelf
from lineage.reinstatement import told_by
from lineage.retention import Pruning, Retention
from lineage.store import LineageStore
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.failures import a_failure
from tests.lineage.interleaving import interleave
from tests.lineage.mishaps import DisturbedWire, Mishap, OvertakenWire
from tests.lineage.nights import StagedNight
from tests.lineage.quick import make_quick
from tests.lineage.stories import Story
from tests.lineage.wires import Call, Killed, Wire
from tests.lineage.worlds import World, graph_of

pytestmark = pytest.mark.slow

NIGHT = StagedNight(builders.a_night())
FAILED = Story("a night that failed", NIGHT, (Stage.FEATURISE, a_failure(NIGHT.document)))
Recorder = Callable[[Clients], object]
RECORDERS: dict[str, Recorder] = {
    "a stage of a redrive": lambda clients: NIGHT.record(Stage.TRAINING, clients),
    "a stage delivered late": lambda clients: NIGHT.record(Stage.FEATURISE, clients),
    "a failure of a redrive": lambda clients: record_failure(
        clients, NIGHT.bucket, a_failure(NIGHT.document, redrive_count=1)
    ),
}
each_recorder = pytest.mark.parametrize("recorder", RECORDERS.values(), ids=RECORDERS)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


def prune(clients: Clients) -> Pruning:
    return Retention(clients, Shelf(clients.s3, NIGHT.bucket), 0).prune()


def a_world() -> World:
    """An account with a failed night, old enough to be pruned."""
    return FAILED.world(tuple(call for step in FAILED.steps for call in step.calls))


@cache
def calls_of(writer: Recorder) -> int:
    """How many calls a writer makes to such an account."""
    wire = Wire()
    writer(wire.through(a_world().clients))
    return wire.made.total()


def overtaken(writer: Recorder, other: Recorder) -> Iterator[World]:
    """Accounts in which another writer did all its work before each call of the first."""
    for number in range(1, calls_of(writer) + 1):
        world = a_world()
        wire = OvertakenWire(number=number, overtake=lambda world=world: other(world.clients))
        retried(writer, world, wire.through(world.clients))
        yield world


def retried(writer: Recorder, world: World, clients: Clients) -> None:
    """Let a writer do its work, and once more if the graph was not ready for it."""
    try:
        writer(clients)
    except LineageNotReady:
        writer(world.clients)


def require_settled(world: World) -> None:
    """The night is whole in the graph, or it is noted as pruned and nothing is left of it."""
    shelf = Shelf(world.s3, NIGHT.bucket)
    folder = shelf.folder(NIGHT.document["DataDate"], NIGHT.document["RunId"])
    assert folder
    wanted = told_by(shelf.read(folder))
    found = LineageStore(world.clients.sagemaker).read(wanted, {}).graph
    assert not folder.is_being_pruned
    if folder.is_pruned:
        left = [it for it in found.entities.values() if not isinstance(it, Context)]
        assert (left, folder.may_lack) == ([], False)
    else:
        assert not wanted - found


@each_recorder
def test_a_recorder_between_any_two_calls_of_retention_keeps_the_night(recorder: Recorder) -> None:
    for world in overtaken(prune, recorder):
        require_settled(world)


@each_recorder
def test_retention_between_any_two_calls_of_a_recorder_leaves_nothing_behind(
    recorder: Recorder,
) -> None:
    for world in overtaken(recorder, prune):
        require_settled(world)


@each_recorder
def test_taking_turns_call_by_call_they_agree(recorder: Recorder) -> None:
    for seed in range(15):
        turns, world = Random(seed), a_world()  # noqa: S311  # an order, no secret
        again = partial(retried, recorder, world)
        interleave([again, prune], world.clients, turns.randrange)
        require_settled(world)


def test_of_two_retentions_the_next_days_ends_what_is_left_to_do() -> None:
    for world in overtaken(prune, prune):
        prune(world.clients)
        require_settled(world)


@each_recorder
def test_retention_that_was_cut_off_anywhere_settles_with_the_recorder_the_next_day(
    recorder: Recorder,
) -> None:
    for number in range(1, calls_of(prune) + 1):
        world = a_world()
        wire = DisturbedWire(mishap=Mishap.KILLED_AFTER_IT, number=number)
        with pytest.raises(Killed):
            prune(wire.through(world.clients))
        recorder(world.clients)
        prune(world.clients)
        require_settled(world)


def test_what_a_recorder_left_that_was_cut_off_is_found_by_the_next_retention() -> None:
    """Nobody retries it: the machine's retries have an end."""
    recorder = RECORDERS["a stage of a redrive"]
    for number in range(1, calls_of(recorder) + 1):
        world = a_world()
        prune(world.clients)
        wire = DisturbedWire(mishap=Mishap.NOT_DONE_AND_READ_TIMES_OUT, number=number)
        with suppress(Mishap.NOT_DONE_AND_READ_TIMES_OUT.error), outages_named():
            recorder(wire.through(world.clients))
        prune(world.clients)
        require_settled(world)


def test_a_failure_of_a_pruned_night_brings_all_of_it_back() -> None:
    world = a_world()
    prune(world.clients)
    assert RECORDERS["a failure of a redrive"](world.clients)
    require_settled(world)
    assert Shelf(world.s3, NIGHT.bucket).held_nights()


def test_two_recorders_that_bring_a_night_back_keep_the_digests_that_were_noted() -> None:
    """SageMaker's graph knows some of them no more."""
    recorder = RECORDERS["a stage of a redrive"]
    world = a_world()
    prune(world.clients)
    uri = names.note_uri(NIGHT.document["RecordUri"], names.REINSTATED)
    wire = Wire()
    recorder(wire.through(world.clients))
    expected = Archive(world.s3).read(uri)
    assert "featurise" in str(expected)
    for number in range(1, wire.made.total() + 1):
        world = a_world()
        prune(world.clients)
        other = OvertakenWire(number=number, overtake=partial(recorder, world.clients))
        recorder(other.through(world.clients))
        assert Archive(world.s3).read(uri) == expected


class Full(Wire):
    """An account without room for another artifact."""

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name == "create_artifact":
            raise ClientError({"Error": {"Code": "ResourceLimitExceeded", "Message": ""}}, name)
        return super().carry(name, call, request)


def test_a_failure_of_a_pruned_night_for_which_there_is_no_room_leaves_no_lone_action() -> None:
    world = a_world()
    prune(world.clients)
    assert not RECORDERS["a failure of a redrive"](Full().through(world.clients))
    assert not graph_of(world.sagemaker)["associations"]
    prune(world.clients)
    require_settled(world)


def test_retention_that_resumes_verifies_against_what_it_noted_before() -> None:
    """SageMaker's graph may have lost the digests with the night's action."""
    world = a_world()
    wire = DisturbedWire(mishap=Mishap.KILLED_AFTER_IT, number=calls_of(prune) - 4)
    with pytest.raises(Killed):
        prune(wire.through(world.clients))
    uri = names.record_uri(NIGHT.document["RecordUri"], Stage.FEATURISE)
    archive = Archive(world.s3)
    archive.write(uri, str(archive.read(uri)).replace("66012", "66013"))
    (why,) = prune(world.clients).refused.values()
    assert "was changed" in why[0]
    assert "the note of its pruning says" in why[0]
