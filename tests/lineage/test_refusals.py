"""A night that retention cannot treat is told, and is no reason to leave the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lineage import names
from lineage.clients import Clients
from lineage.errors import LineageUnavailable
from lineage.records.archive import Archive
from lineage.records.shelf import Shelf
from lineage.retention import Pruning, Retention
from lineage.vocabulary import Stage
from tests.lineage import builders
from tests.lineage.nights import StagedNight
from tests.lineage.quick import make_quick
from tests.lineage.wires import Call, HookedWire, Killed, Wire
from tests.lineage.worlds import World

NIGHTS = [
    StagedNight(builders.a_night(f"{n:08x}", dataset=str(n), data_date=f"2026-11-2{n}"), version=n)
    for n in (1, 2, 3)
]
FIRST, SECOND, THIRD = (night.document["RunId"] for night in NIGHTS)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    make_quick(monkeypatch)


def a_world(*last: Stage) -> World:
    """An account with a night for each stage that one came to."""
    world = World(NIGHTS)
    for night, stage in zip(NIGHTS, last, strict=False):
        night.record_until(stage, world.clients)
    return world


def prune(clients: Clients) -> Pruning:
    return Retention(clients, Shelf(clients.s3, NIGHTS[0].bucket), 0).prune()


class RefusingWire(Wire):
    """An account that does not let anybody delete actions of a run."""

    def __init__(self, run_id: str, code: str) -> None:
        super().__init__()
        self._run_id, self._code = run_id, code

    def carry(self, name: str, call: Call, request: dict[str, Any]) -> Any:
        if name == "delete_action" and request["ActionName"].endswith(self._run_id):
            told = {"Error": {"Code": self._code, "Message": "Not this one."}}
            raise ClientError(told, "DeleteAction")
        return super().carry(name, call, request)


def test_what_aws_refuses_of_a_night_is_told_and_the_next_one_goes() -> None:
    world = a_world(Stage.REGISTRATION, Stage.REGISTRATION)
    done = prune(RefusingWire(FIRST, "AccessDeniedException").through(world.clients))
    assert done.pruned == [SECOND]
    assert "Not this one." in done.refused[FIRST][0]


def test_an_outage_is_no_nights_fault() -> None:
    world = a_world(Stage.REGISTRATION, Stage.REGISTRATION)
    with pytest.raises(LineageUnavailable):
        prune(RefusingWire(FIRST, "ThrottlingException").through(world.clients))


def make_newer(world: World, night: StagedNight) -> str:
    """Let the record of a rollout that goes on be a later version's; return where it lies."""
    folder = Shelf(world.s3, night.bucket).folder(
        night.document["DataDate"], night.document["RunId"]
    )
    assert folder
    uri = names.record_uri(folder.uri, folder.unfinished[0])
    archive = Archive(world.s3)
    archive.write(uri, json.dumps(archive.read_json(uri) | {"SchemaVersion": 999}))
    return uri


def test_a_rollout_that_does_not_read_keeps_what_was_deployed_and_nothing_else() -> None:
    """It may go back to any of these."""
    world = a_world(Stage.DEPLOYMENT_OUTCOME, Stage.REGISTRATION, Stage.DEPLOYMENT)
    uri = make_newer(world, NIGHTS[2])
    done = prune(world.clients)
    assert (done.serving, done.pruned, list(done.refused)) == ([FIRST], [SECOND], [THIRD])
    assert uri in done.refused[THIRD][0]


def test_a_rollout_that_does_not_read_is_told_although_its_night_is_not_due() -> None:
    world = a_world(Stage.DEPLOYMENT_OUTCOME, Stage.DEPLOYMENT)
    make_newer(world, NIGHTS[1])
    clients = world.clients
    done = Retention(clients, Shelf(clients.s3, NIGHTS[0].bucket), 1).prune()
    assert (done.serving, list(done.refused)) == ([FIRST], [SECOND])


def test_a_night_with_a_note_that_does_not_read_is_told_and_the_next_one_goes() -> None:
    world = a_world(Stage.REGISTRATION)
    prune(world.clients)
    NIGHTS[1].record_until(Stage.REGISTRATION, world.clients)
    folder = Shelf(world.s3, NIGHTS[0].bucket).folder(NIGHTS[0].document["DataDate"], FIRST)
    assert folder
    assert folder.is_pruned
    Archive(world.s3).write(names.note_uri(folder.uri, names.PRUNING), "{")
    done = prune(world.clients)
    assert (done.pruned, list(done.refused)) == ([SECOND], [FIRST])
    assert "is no JSON document" in done.refused[FIRST][0]


def killed() -> None:
    raise Killed


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda _: None,
        partial(NIGHTS[0].record, Stage.DEPLOYMENT),
    ],
    ids=["nothing more", "a rollout that goes on"],
)
def test_a_night_at_which_retention_was_cut_off_gets_one_verdict(
    meanwhile: Callable[[Clients], object],
) -> None:
    world = a_world(Stage.REGISTRATION)
    cut = HookedWire(hooks={"delete_action": killed})
    with pytest.raises(Killed):
        prune(cut.through(world.clients))
    meanwhile(world.clients)
    done = prune(world.clients)
    verdicts = [*done.pruned, *done.serving, *done.unfinished, *done.restored, *done.refused]
    assert verdicts == [FIRST]
